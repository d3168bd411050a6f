package dev.sluice.e2e.bench;

/**
 * A device that is read from its beginning through the page cache.
 *
 * @param readAheadKibibytes 0 for what it has
 */
record ScanKind(String text, boolean disk, int readAheadKibibytes) {
    private static final int AS_IT_IS = 0;

    static final ScanKind DISK = new ScanKind("the iSCSI disk as it is", true, AS_IT_IS);
    static final ScanKind CLONE = new ScanKind("the volume as it is", false, AS_IT_IS);

    static ScanKind withReadAhead(int kibibytes) {
        return new ScanKind("the volume, %d KiB read ahead".formatted(kibibytes), false, kibibytes);
    }

    boolean asItIs() {
        return readAheadKibibytes == AS_IT_IS;
    }
}
