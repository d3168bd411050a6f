package dev.sluice.node.host.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Outputs of the real tools, recorded on Debian 12. */
final class Recorded {
    private Recorded() {}

    static String read(String name) {
        try (InputStream stream = Recorded.class.getResourceAsStream("/host/" + name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
