package dev.sluice.e2e.bench;

import dev.sluice.e2e.fixture.ClaimRequest;
import org.jspecify.annotations.Nullable;

/** One way to start a pod. */
enum Scenario {
    EMPTY("a new empty volume", null, "1Gi", false),
    SMALL("a clone of 256 MiB from another node", "small", "1Gi", false),
    LARGE("a clone of 2 GiB from another node", "large", "3Gi", false),
    ONE_FILE("a clone with one file, pod with an fsGroup", "one", "3Gi", true),
    MANY_FILES("a clone with 100,000 files, pod with an fsGroup", "many", "3Gi", true);

    static final long FS_GROUP = 2000;

    private final String text;
    private final @Nullable String source;
    private final String size;
    private final boolean withFsGroup;

    Scenario(String text, @Nullable String source, String size, boolean withFsGroup) {
        this.text = text;
        this.source = source;
        this.size = size;
        this.withFsGroup = withFsGroup;
    }

    ClaimRequest claim(String name) {
        ClaimRequest request = ClaimRequest.named(name).ofSize(size);
        return source == null ? request : request.cloneOf(source);
    }

    boolean withFsGroup() {
        return withFsGroup;
    }

    @Override
    public String toString() {
        return text;
    }
}
