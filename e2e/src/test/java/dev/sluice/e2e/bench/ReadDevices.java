package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.names.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A volume that waits for its bytes, the disk it gets them from, and a thin volume of the same pool that holds what is written beside.
 */
record ReadDevices(Node node, String volume, String disk, String thin) {
    private static final String READER = "reader";
    private static final String WRITER = "writer";
    private static final String EVERY_JOB =
            "--bs=4k --direct=1 --ioengine=libaio --iodepth=1 --time_based --runtime=2 --ramp_time=1";

    /** Reads and writes keep apart: what is written to has arrived. */
    private static final String READS = "--rw=randread --size=75% " + EVERY_JOB;

    /** As many a second on either device: else the faster one would disturb its reader more. */
    private static final String WRITES = "--rw=randwrite --offset=75% --size=25% --rate_iops=20 --fsync=1 " + EVERY_JOB;

    private static final List<Integer> READ_AHEADS = List.of(1024, 4096);

    static List<ScanKind> kinds() {
        return Stream.concat(
                        Stream.of(ScanKind.DISK, ScanKind.CLONE),
                        READ_AHEADS.stream().map(ScanKind::withReadAhead))
                .toList();
    }

    /** @param volumeId of a clone; the thin volume is that of {@link CopyBench} */
    static ReadDevices of(Node node, String volumeId) {
        String names = node.sh(Engine.FUNCTIONS
                + "disk %s; readlink -f /dev/*/bench-data".formatted(Names.sourceDevice(Names.copy(volumeId, 1))));
        List<String> lines = names.lines().toList();
        return new ReadDevices(node, node.device(volumeId), "/dev/" + lines.get(0), lines.get(1));
    }

    /** Microseconds. */
    Map<ReadKind, Double> random() {
        Map<String, Fio.Seen> diskAlone = run(disk, null);
        Map<String, Fio.Seen> volumeAlone = run(volume, null);
        Map<String, Fio.Seen> diskBeside = run(disk, thin);
        Map<String, Fio.Seen> volumeBeside = run(volume, volume);
        return Map.of(
                ReadKind.DISK, seen(diskAlone, READER).median(),
                ReadKind.CLONE, seen(volumeAlone, READER).median(),
                ReadKind.DISK_BESIDE_WRITES, seen(diskBeside, READER).median(),
                ReadKind.CLONE_BESIDE_WRITES, seen(volumeBeside, READER).median(),
                ReadKind.THIN_FSYNC, seen(diskBeside, WRITER).syncMedian(),
                ReadKind.CLONE_FSYNC, seen(volumeBeside, WRITER).syncMedian());
    }

    private Map<String, Fio.Seen> run(String read, @Nullable String written) {
        Fio.Job reader = new Fio.Job(READER, read, READS);
        Fio fio = new Fio(node);
        return written == null ? fio.run(reader) : fio.run(reader, new Fio.Job(WRITER, written, WRITES));
    }

    private static Fio.Seen seen(Map<String, Fio.Seen> jobs, String name) {
        return Objects.requireNonNull(jobs.get(name), name);
    }

    /** MiB a second. What takes longer than some seconds is stopped then. */
    Map<ScanKind, Double> scans() {
        Map<ScanKind, Double> rates = new LinkedHashMap<>();
        kinds().forEach(kind -> rates.put(kind, scan(kind)));
        return rates;
    }

    private double scan(ScanKind kind) {
        String device = kind.disk() ? disk : volume;
        String file = "/sys/block/" + device.substring("/dev/".length()) + "/queue/read_ahead_kb";
        String before = node.sh("cat " + file);
        node.dropCaches();
        try {
            if (!kind.asItIs()) {
                node.sh("echo " + kind.readAheadKibibytes() + " >" + file);
            }
            return new Fio(node)
                    .alone(new Fio.Job(READER, device, "--rw=read --bs=128k --ioengine=psync --size=192m --runtime=5"))
                    .mebibytesPerSecond();
        } finally {
            node.sh("echo " + before + " >" + file);
        }
    }
}
