package dev.sluice.e2e.bench;

/** What is on the volume that moves. */
enum MoveScenario {
    IDLE("a driver that does nothing", "1Gi", 0),
    SMALL("Sluice, 256 MiB", "1Gi", 256),
    LARGE("Sluice, 4 GiB", "5Gi", 4096);

    private final String text;
    private final String size;
    private final int mebibytes;

    MoveScenario(String text, String size, int mebibytes) {
        this.text = text;
        this.size = size;
        this.mebibytes = mebibytes;
    }

    String size() {
        return size;
    }

    int mebibytes() {
        return mebibytes;
    }

    @Override
    public String toString() {
        return text;
    }
}
