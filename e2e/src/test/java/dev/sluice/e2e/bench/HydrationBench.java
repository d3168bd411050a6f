package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** How long the driver takes to hydrate a clone, from the kernel: from when it switches copying on until the engine says that it has ended. */
record HydrationBench(Node node, String volumeId) {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /**
     * @param seconds from the beginning of copying to its end
     * @param copiedBytes what was missing when it began
     * @param wireBytes read from the iSCSI disk since the session began
     */
    record Result(double seconds, long copiedBytes, long wireBytes) {}

    /** @param begin has copying begin, which is not expected before */
    Result measure(Runnable begin) {
        CompletableFuture<String> looking = CompletableFuture.supplyAsync(this::look, Thread::startVirtualThread);
        Awaitility.await("the look at " + volumeId)
                .until(() -> node.sh("[ ! -e " + looks() + " ] || echo looks").equals("looks"));
        begin.run();
        String[] words = looking.join().strip().split("\\s+", -1);
        return new Result(Long.parseLong(words[0]) / 1e9, Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    /** There while a script looks at the engine of a volume. */
    private String looks() {
        return "/tmp/bench-looks-" + volumeId;
    }

    private String look() {
        String copy = Names.copy(volumeId, 1);
        return node.sh(Engine.FUNCTIONS
                + """
                set -e
                engine=%1$s
                disk=$(disk %2$s)
                look() { dmsetup status --noflush $engine; }
                base=$(sectors $disk)
                trap 'rm -f %4$s' EXIT
                : >%4$s
                while look | grep -q no_hydration; do base=$(sectors $disk); sleep 0.05; done
                begin=$(now)
                bytes=$(missing_bytes $engine)
                await_hydrated $engine $disk $((base + bytes / 512)) $((begin + %3$d000000000))
                end=$(now)
                echo $((end - begin)) $bytes $((sectors * 512))
                """.formatted(Names.cloneDevice(copy), Names.sourceDevice(copy), LONGEST.toSeconds(), looks()));
    }
}
