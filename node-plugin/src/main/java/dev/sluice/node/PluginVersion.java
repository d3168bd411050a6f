package dev.sluice.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of the build, which Maven writes into the jar. */
final class PluginVersion {
    private static final String RESOURCE = "/META-INF/maven/dev.sluice/sluice-node-plugin/pom.properties";

    private PluginVersion() {}

    static String find() {
        Properties build = new Properties();
        try (InputStream resource = PluginVersion.class.getResourceAsStream(RESOURCE)) {
            if (resource != null) {
                build.load(resource);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build.getProperty("version", "development");
    }
}
