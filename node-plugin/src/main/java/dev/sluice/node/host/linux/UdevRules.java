package dev.sluice.node.host.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the host's udev from probing our devices. */
final class UdevRules {
    private static final Logger log = LoggerFactory.getLogger(UdevRules.class);
    static final RuntimeFile RULES = new RuntimeFile("05-sluice.rules");

    private final Path udev;

    UdevRules(Path hostRoot) {
        this.udev = hostRoot.resolve("run/udev");
    }

    /** udevd notices by itself. A host without udev has nobody to tell; one that refuses is slower, and no less safe. */
    void ensure() {
        Path folder = udev.resolve("rules.d");
        if (!Files.isDirectory(udev) || RULES.isIn(folder)) {
            return;
        }
        try {
            RULES.writeTo(folder);
            log.info("wrote {} to {}", RULES.name(), folder);
        } catch (IOException e) {
            log.warn("the host's udev will probe Sluice's devices, cannot write to {}: {}", folder, e.getMessage());
        }
    }
}
