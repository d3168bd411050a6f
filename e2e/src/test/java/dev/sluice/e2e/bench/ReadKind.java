package dev.sluice.e2e.bench;

/** Random I/O of 4 KiB, one at a time: of what it is the median. */
enum ReadKind {
    DISK("the iSCSI disk"),
    CLONE("the volume, of which nothing has arrived"),
    DISK_BESIDE_WRITES("the iSCSI disk, beside writes to a thin volume"),
    CLONE_BESIDE_WRITES("the volume, beside writes to it"),
    THIN_FSYNC("fsync of the thin volume"),
    CLONE_FSYNC("fsync of the volume, of which most has not arrived");

    private final String text;

    ReadKind(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
