package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** fio on a node, which starts no other process while it measures. */
record Fio(Node node) {
    private static final String RESULT = "/tmp/bench-fio.json";

    /**
     * What is asked of one device.
     *
     * @param options fio's own, without those of every job
     */
    record Job(String name, String device, String options) {
        String arguments() {
            return "--name=%s --filename=%s %s".formatted(name, device, options);
        }
    }

    /**
     * What a job that only reads, or only writes, saw. Times in microseconds.
     *
     * @param syncMedian of an fsync; 0 where there was none
     */
    record Seen(
            double perSecond,
            double mebibytesPerSecond,
            double median,
            double p99,
            double longest,
            double syncMedian) {}

    /** Jobs side by side, by name. */
    Map<String, Seen> run(Job... jobs) {
        String arguments =
                String.join(" ", List.of(jobs).stream().map(Job::arguments).toList());
        String output = node.sh("""
                set -e
                fio --output-format=json --output=%1$s --group_reporting=0 %2$s >&2
                jq -r '.jobs[] | (if .read.total_ios > 0 then .read else .write end) as $io
                  | [.jobname, $io.iops, $io.bw_bytes, ($io.clat_ns | .percentile["50.000000"], .percentile["99.000000"], .max),
                     (.sync.lat_ns.percentile["50.000000"] // 0)] | map(tostring) | join(" ")' %1$s
                rm %1$s""".formatted(RESULT, arguments));
        Map<String, Seen> seen = new HashMap<>();
        output.lines().map(line -> line.split(" ", -1)).forEach(words -> seen.put(words[0], parse(words)));
        return seen;
    }

    Seen alone(Job job) {
        return Objects.requireNonNull(run(job).get(job.name()));
    }

    private static Seen parse(String[] words) {
        return new Seen(
                Double.parseDouble(words[1]),
                Double.parseDouble(words[2]) / (1 << 20),
                Double.parseDouble(words[3]) / 1e3,
                Double.parseDouble(words[4]) / 1e3,
                Double.parseDouble(words[5]) / 1e3,
                Double.parseDouble(words[6]) / 1e3);
    }
}
