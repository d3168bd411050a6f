package dev.sluice.controller;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The process's settings, from its environment.
 *
 * @param namespace where the driver lives; leases are there
 * @param identity tells this replica from the others
 * @param maxUnhydratedPerSet members of one StatefulSet that an evacuation may have unhydrated at a time
 */
record Settings(String namespace, Path socket, int healthPort, String identity, int maxUnhydratedPerSet) {
    private static final String SCHEME = "unix://";

    static Settings of(Map<String, String> environment) {
        String endpoint = environment.getOrDefault("CSI_ENDPOINT", "unix:///run/sluice/csi.sock");
        if (!endpoint.startsWith(SCHEME)) {
            throw new SluiceException(ErrorKind.INVALID, "CSI_ENDPOINT must begin with unix://, not " + endpoint);
        }
        String host = environment.getOrDefault("HOSTNAME", "controller");
        return new Settings(
                environment.getOrDefault("NAMESPACE", "sluice-system"),
                Path.of(endpoint.substring(SCHEME.length())),
                number("HEALTH_PORT", environment.getOrDefault("HEALTH_PORT", "9808")),
                environment.getOrDefault("POD_NAME", host),
                positive("MAX_UNHYDRATED_PER_SET", environment.getOrDefault("MAX_UNHYDRATED_PER_SET", "1")));
    }

    private static int positive(String name, String text) {
        int number = number(name, text);
        if (number < 1) {
            throw new SluiceException(ErrorKind.INVALID, name + " must be 1 or more, not " + text);
        }
        return number;
    }

    private static int number(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new SluiceException(ErrorKind.INVALID, name + " must be a number, not " + text, e);
        }
    }
}
