package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.names.Names;
import java.time.Duration;

/** How long the driver takes to hydrate a clone, from the kernel: from when it switches copying on until the engine says that it has ended. */
record HydrationBench(Node node, String volumeId) {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /**
     * @param seconds from the beginning of copying to its end
     * @param copiedBytes what was missing when it began
     * @param wireBytes read from the iSCSI disk since the session began
     */
    record Result(double seconds, long copiedBytes, long wireBytes) {}

    /** Waits until it has ended. To be called before copying begins, which is some seconds after the pod's start. */
    Result await() {
        String copy = Names.copy(volumeId, 1);
        String[] words = node.sh(Engine.FUNCTIONS
                        + """
                        set -e
                        engine=%s
                        disk=$(disk %s)
                        look() { dmsetup status --noflush $engine; }
                        base=$(sectors $disk)
                        while look | grep -q no_hydration; do base=$(sectors $disk); sleep 0.02; done
                        begin=$(now)
                        set -- $(look)
                        bytes=$(((${7#*/} - ${7%%/*}) * $5 * 512))
                        await_hydrated $engine $disk $((base + bytes / 512)) $((begin + %d000000000))
                        end=$(now)
                        echo $((end - begin)) $bytes $(($(sectors $disk) * 512))
                        """.formatted(Names.cloneDevice(copy), Names.sourceDevice(copy), LONGEST.toSeconds()))
                .strip()
                .split("\\s+", -1);
        return new Result(Long.parseLong(words[0]) / 1e9, Long.parseLong(words[1]), Long.parseLong(words[2]));
    }
}
