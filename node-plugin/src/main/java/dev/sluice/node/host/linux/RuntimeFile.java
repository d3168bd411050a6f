package dev.sluice.node.host.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file of ours for the host, kept among our resources. It is written below /run, so nothing of it outlives a reboot without us.
 *
 * @param name of the resource, and of the file
 */
record RuntimeFile(String name) {
    String text() {
        try (InputStream stream = RuntimeFile.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    boolean isIn(Path folder) {
        return KernelFiles.find(folder.resolve(name))
                .filter(text().strip()::equals)
                .isPresent();
    }

    void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name), text());
    }
}
