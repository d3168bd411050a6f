package dev.sluice.e2e.cluster;

/**
 * A line of dm-clone's status.
 *
 * @param regionBytes bytes of a region
 * @param hydrated regions that are local
 * @param total regions
 */
public record EngineProgress(long regionBytes, long hydrated, long total) {
    private static final int SECTOR = 512;

    static EngineProgress parse(String status) {
        String[] words = status.strip().split("\\s+", -1);
        if (words.length < 7 || !words[2].equals("clone")) {
            throw new IllegalArgumentException("not the status of a dm-clone device: " + status);
        }
        String[] regions = words[6].split("/", -1);
        return new EngineProgress(
                Long.parseLong(words[5]) * SECTOR, Long.parseLong(regions[0]), Long.parseLong(regions[1]));
    }

    public long hydratedBytes() {
        return hydrated * regionBytes;
    }

    public boolean complete() {
        return hydrated == total;
    }
}
