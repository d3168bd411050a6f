package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Latencies;
import dev.sluice.node.host.LatencyCounters;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** device-mapper's own statistics (dm-stats): a histogram of one area, in nanoseconds. */
final class DmLatencyCounters implements LatencyCounters {
    /** Others may count for themselves. */
    private static final String OWNER = "sluice";

    private static final String CREATE = Latencies.bounds()
            .mapToObj(Long::toString)
            .collect(Collectors.joining(",", "@stats_create - /1 2 precise_timestamps histogram:", " " + OWNER));

    private final DmControl control;

    DmLatencyCounters(DmControl control) {
        this.control = control;
    }

    @Override
    public void ensure(String mappedDevice) {
        if (areas(mappedDevice).isEmpty() && ask(mappedDevice, CREATE).isEmpty()) {
            throw new SluiceException(ErrorKind.HOST, "no device " + mappedDevice);
        }
    }

    @Override
    public Optional<Latencies> find(String mappedDevice) {
        return areas(mappedDevice).stream()
                .findFirst()
                .flatMap(area -> ask(mappedDevice, "@stats_print " + area))
                .map(DmLatencyCounters::parse);
    }

    @Override
    public void remove(String mappedDevice) {
        for (String area : areas(mappedDevice)) {
            ask(mappedDevice, "@stats_delete " + area);
        }
    }

    private List<String> areas(String mappedDevice) {
        return ask(mappedDevice, "@stats_list " + OWNER).stream()
                .flatMap(String::lines)
                .map(line -> line.split(":", 2)[0])
                .toList();
    }

    /** Empty when there is no such device. */
    private Optional<String> ask(String mappedDevice, String message) {
        return control.find(
                        DmControl.MESSAGE, new DmRequest().name(mappedDevice).message(message))
                .map(DmReply::text);
    }

    /** One area is one line; the last word has the counts of the histogram, with colons between. */
    static Latencies parse(String answer) {
        String[] words = answer.strip().split("\\s+");
        try {
            return Latencies.of(Arrays.stream(words[words.length - 1].split(":", -1))
                    .mapToLong(Long::parseLong)
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot read the statistics \"" + answer.strip() + "\"", e);
        }
    }
}
