package dev.sluice.e2e;

import dev.sluice.api.HydrationPhase;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.Hydration;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.concurrent.CompletableFuture;

/**
 * What most tests begin with: a pod with data on one node, and a pod with a clone of it on another, still hydrating.
 *
 * @param checksum of /data/file at the time of the clone
 */
record Scene(Sandbox sandbox, Node origin, Node home, Workload source, Workload copy, String checksum) {
    static final String FILE = "/data/file";
    static final long MEBIBYTE = 1L << 20;

    /**
     * Enough that a limited hydration is not over with the first burst: the engine can only be switched on and off, and is fast
     * while it is on.
     */
    static final int ENOUGH_MEBIBYTES = 128;

    /** At this rate the data of a scene takes minutes: long enough to look at, and then the limit is lifted. */
    static final long SLOW = MEBIBYTE;

    static Scene hydrating(Sandbox sandbox, String fsType, int mebibytes) {
        String slow = sandbox.slowClass(fsType, SLOW);
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        sandbox.claim(ClaimRequest.named("source").ofClass(slow));
        Workload source =
                sandbox.start(PodRequest.named("source").on(origin.name()).mounting("source", "/data"));
        String checksum = source.writeRandom(FILE, mebibytes);
        sandbox.claim(ClaimRequest.named("clone").ofClass(slow).cloneOf("source"));
        Workload clone = sandbox.start(PodRequest.named("clone").on(home.name()).mounting("clone", "/data"));
        sandbox.hydration("clone").await(HydrationPhase.HYDRATING);
        return new Scene(sandbox, origin, home, source, clone, checksum);
    }

    Hydration hydration() {
        return sandbox.hydration("clone");
    }

    String volumeId() {
        return sandbox.volumeId("clone");
    }

    /** Writes a page of the file to memory. To write it to the disk, the rest of its region is needed, which has not arrived. */
    void overwrite() {
        copy.exec(overwriting("notrunc"));
    }

    /** The same by a process that goes on in the background until the page is on the disk. */
    void overwriteAndSync() {
        copy.exec(overwriting("notrunc,fsync") + " >/dev/null 2>&1 &");
    }

    private static String overwriting(String how) {
        return "dd if=/dev/zero of=%s bs=4096 count=1 seek=%d conv=%s"
                .formatted(FILE, (ENOUGH_MEBIBYTES - 8) * MEBIBYTE / 4096, how);
    }

    /** The file's checksum, once the origin has been read: on a thread of its own, since that may wait for it. */
    CompletableFuture<String> reading() {
        return CompletableFuture.supplyAsync(() -> copy.checksum(FILE), Thread::startVirtualThread);
    }

    /** What is read afterwards comes from the disk, not from the page cache of an earlier read. */
    void finishHydration() {
        hydration().unlimit();
        hydration().await(HydrationPhase.HYDRATED);
        home.dropCaches();
    }
}
