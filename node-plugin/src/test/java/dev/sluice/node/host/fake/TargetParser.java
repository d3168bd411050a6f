package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Builds targets from table lines, with the kernel's refusals. */
final class TargetParser {
    private static final int MIN_REGION = 8;
    private static final int MAX_REGION = 1 << 21;

    private final FakeKernel kernel;

    TargetParser(FakeKernel kernel) {
        this.kernel = kernel;
    }

    FakeTarget parse(TableLine line, boolean readOnly) {
        if (line.start() % FakeHost.SECTORS_PER_BLOCK != 0 || line.length() % FakeHost.SECTORS_PER_BLOCK != 0) {
            throw invalid(line, "not in blocks of 4 KiB");
        }
        Deque<String> words = new ArrayDeque<>(List.of(line.arguments().strip().split("\\s+", -1)));
        return switch (line.type()) {
            case "error" -> new ErrorTarget();
            case "linear" -> linear(line, words, readOnly);
            case "delay" -> delay(line, words);
            case "multipath" -> multipath(line, words, readOnly);
            case "clone" -> cloned(line, words);
            default -> throw invalid(line, "unknown target type");
        };
    }

    /** Reads, writes, flushes: device, offset and milliseconds of each. Only writes are delayed here, and all are of one device. */
    private FakeTarget delay(TableLine line, Deque<String> words) {
        require(line, words.size() == 9, "Invalid argument count");
        List<String> all = List.copyOf(words);
        String device = all.getFirst();
        String offset = all.get(1);
        require(line, device.equals(all.get(3)) && device.equals(all.get(6)), "not one device");
        require(line, offset.equals(all.get(4)) && offset.equals(all.get(7)), "not one place");
        require(line, all.get(2).equals("0") && all.get(8).equals("0"), "only writes are delayed");
        LinearTarget below = linear(line, new ArrayDeque<>(List.of(device, offset)), false);
        return new DelayTarget(below, Long.parseLong(all.get(5)), () -> kernel.nanoTime);
    }

    private LinearTarget linear(TableLine line, Deque<String> words, boolean readOnly) {
        FakeDevice device = writable(line, kernel.device(words.pop()), readOnly);
        long offset = Long.parseLong(words.pop());
        require(line, words.isEmpty(), "Invalid argument count");
        require(line, offset + line.length() <= sectors(device), "device is too small");
        return new LinearTarget(device, offset / FakeHost.SECTORS_PER_BLOCK);
    }

    private FakeTarget multipath(TableLine line, Deque<String> words, boolean readOnly) {
        boolean queueing = counted(line, words).contains("queue_if_no_path");
        counted(line, words);
        int groups = Integer.parseInt(words.pop());
        words.pop();
        List<FakeDevice> paths = new ArrayList<>();
        if (groups > 0) {
            words.pop();
            counted(line, words);
            int count = Integer.parseInt(words.pop());
            int arguments = Integer.parseInt(words.pop());
            for (int path = 0; path < count; path++) {
                FakeDevice device = writable(line, kernel.device(words.pop()), readOnly);
                require(line, line.length() <= sectors(device), "device is too small");
                paths.add(device);
                for (int argument = 0; argument < arguments; argument++) {
                    words.pop();
                }
            }
        }
        require(line, words.isEmpty(), "Invalid argument count");
        return new MultipathTarget(paths, queueing);
    }

    private FakeTarget cloned(TableLine line, Deque<String> words) {
        require(line, words.size() >= 4, "Invalid number of arguments");
        FakeDevice metadata = writable(line, kernel.device(words.pop()), false);
        FakeDevice destination = writable(line, kernel.device(words.pop()), false);
        FakeDevice source = kernel.device(words.pop());
        long region = Long.parseLong(words.pop());
        List<String> features = words.isEmpty() ? List.of() : counted(line, words);
        List<String> core = words.isEmpty() ? List.of() : counted(line, words);
        require(line, words.isEmpty(), "Invalid argument count");
        require(line, List.of("no_hydration", "no_discard_passdown").containsAll(features), "Invalid feature argument");
        require(
                line,
                region >= MIN_REGION && region <= MAX_REGION && Long.bitCount(region) == 1,
                "Region size is not a power of 2 in range");
        require(line, line.length() <= sectors(destination), "Device size larger than destination device");
        require(line, line.length() <= sectors(source), "Device size larger than source device");
        CloneTarget.Setup setup = new CloneTarget.Setup(
                metadata,
                destination,
                source,
                region,
                !features.contains("no_hydration"),
                !features.contains("no_discard_passdown"),
                core(line, core, "hydration_threshold"),
                core(line, core, "hydration_batch_size"));
        return new CloneTarget(setup, line.length());
    }

    private static long core(TableLine line, List<String> words, String name) {
        int at = words.indexOf(name);
        require(line, words.size() % 2 == 0, "Number of core arguments must be even");
        return at < 0 ? 1 : Long.parseLong(words.get(at + 1));
    }

    private static List<String> counted(TableLine line, Deque<String> words) {
        int count = Integer.parseInt(words.pop());
        require(line, words.size() >= count, "Invalid argument count");
        List<String> taken = new ArrayList<>();
        for (int word = 0; word < count; word++) {
            taken.add(words.pop());
        }
        return taken;
    }

    private static FakeDevice writable(TableLine line, FakeDevice device, boolean readOnly) {
        require(line, readOnly || !device.readOnly(), device.identity().path() + ": Read-only file system");
        return device;
    }

    private static long sectors(FakeDevice device) {
        return device.sizeBytes() / FakeHost.SECTOR;
    }

    private static void require(TableLine line, boolean holds, String otherwise) {
        if (!holds) {
            throw invalid(line, otherwise);
        }
    }

    private static SluiceException invalid(TableLine line, String message) {
        return new SluiceException(ErrorKind.HOST, "table load refused: " + line + ": " + message);
    }
}
