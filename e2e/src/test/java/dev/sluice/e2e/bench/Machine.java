package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a benchmark ran, in a sentence. */
final class Machine {
    private Machine() {}

    static String describe(Cluster cluster) {
        var nodes = cluster.client().nodes().list().getItems();
        var info = nodes.getFirst().getStatus().getNodeInfo();
        String where = cluster.faults().isPresent()
                ? "in the lab (every node a user-mode Linux kernel with one CPU, all on this machine)"
                : "on a cluster";
        return "%d nodes %s, Linux %s, Kubernetes %s; the machine: %s, %d CPUs, %s, Linux %s."
                .formatted(
                        nodes.size(),
                        where,
                        info.getKernelVersion(),
                        info.getKubeletVersion(),
                        field("/proc/cpuinfo", "model name"),
                        Runtime.getRuntime().availableProcessors(),
                        field("/proc/meminfo", "MemTotal"),
                        System.getProperty("os.version"));
    }

    private static String field(String file, String name) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
