package dev.sluice.node.host.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the host's udev from probing our devices. Written to /run, so nothing of it outlives a reboot without us. */
final class UdevRules {
    private static final Logger log = LoggerFactory.getLogger(UdevRules.class);
    private static final String NAME = "05-sluice.rules";

    private final Path udev;

    UdevRules(Path hostRoot) {
        this.udev = hostRoot.resolve("run/udev");
    }

    /** udevd notices by itself. A host without udev has nobody to tell; one that refuses is slower, and no less safe. */
    void ensure() {
        Path folder = udev.resolve("rules.d");
        Path file = folder.resolve(NAME);
        String wanted = text();
        if (!Files.isDirectory(udev)
                || KernelFiles.find(file).filter(wanted.strip()::equals).isPresent()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(file, wanted);
            log.info("wrote {}", file);
        } catch (IOException e) {
            log.warn("the host's udev will probe Sluice's devices, cannot write {}: {}", file, e.getMessage());
        }
    }

    static String text() {
        try (InputStream stream = UdevRules.class.getResourceAsStream(NAME)) {
            return new String(Objects.requireNonNull(stream, NAME).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(NAME, e);
        }
    }
}
