package dev.sluice.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One way to bring the bytes of a remote disk to a local thin volume.
 *
 * @param regionKibibytes of dm-clone; 0 for a copy by dd
 * @param batch regions of one copy of dm-clone; readers side by side of dd
 * @param threshold regions in flight at most
 */
record CopySetting(String text, int regionKibibytes, int batch, int threshold) {
    private static final int JOB_KIBIBYTES = 4096;
    private static final int JOBS = 4;
    private static final int CHUNK_KIBIBYTES = 64;

    static final CopySetting LIMIT = new CopySetting("dd, one reader of 1 MiB: the limit", 0, 1, 0);
    static final CopySetting WIDE_LIMIT = new CopySetting("dd, four readers of 1 MiB", 0, 4, 0);

    /** What the kernel does when it is told nothing, in regions as large as the pool's chunk. */
    static final CopySetting KERNEL = dmClone(CHUNK_KIBIBYTES, 1, 1, "the kernel's defaults");

    static List<CopySetting> all() {
        List<CopySetting> all = new ArrayList<>(List.of(LIMIT, WIDE_LIMIT, KERNEL));
        all.addAll(byRegion());
        all.add(dmClone(CHUNK_KIBIBYTES, 16, 16, "less at once"));
        all.add(dmClone(CHUNK_KIBIBYTES, 16, 256, "small batches, the same in flight"));
        all.add(dmClone(CHUNK_KIBIBYTES, 64, 64, "one batch in flight"));
        all.add(dmClone(CHUNK_KIBIBYTES, 64, 1024, "sixteen batches in flight"));
        return all;
    }

    static List<CopySetting> byRegion() {
        return Stream.of(4, 16, CHUNK_KIBIBYTES, 256, 1024)
                .map(CopySetting::ours)
                .toList();
    }

    boolean byEngine() {
        return regionKibibytes > 0;
    }

    private static CopySetting ours(int region) {
        int batch = JOB_KIBIBYTES / region;
        return dmClone(
                region, batch, batch * JOBS, region == CHUNK_KIBIBYTES ? "our rule" : "our rule for this region");
    }

    private static CopySetting dmClone(int region, int batch, int threshold, String text) {
        return new CopySetting(
                "dm-clone %d KiB, batch %d, threshold %d: %s".formatted(region, batch, threshold, text),
                region,
                batch,
                threshold);
    }
}
