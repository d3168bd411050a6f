package dev.sluice.e2e.idle;

import java.nio.file.Path;

/** Bind mounts; both verbs find what they want done already to be success. */
interface Mounts {
    void bind(Path folder, Path target);

    void unmount(Path target);
}
