package dev.sluice.controller;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The project's version, filtered into the jar by the build. */
final class Version {
    private Version() {}

    static String read() {
        Properties properties = new Properties();
        try (InputStream resource = Version.class.getResourceAsStream("/sluice.properties")) {
            if (resource == null) {
                throw new IllegalStateException("sluice.properties is missing from the jar");
            }
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
