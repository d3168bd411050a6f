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
 */
record Settings(String namespace, Path socket, int healthPort, String identity) {
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
                port(environment.getOrDefault("HEALTH_PORT", "9808")),
                environment.getOrDefault("POD_NAME", host));
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new SluiceException(ErrorKind.INVALID, "HEALTH_PORT must be a number, not " + text, e);
        }
    }
}
