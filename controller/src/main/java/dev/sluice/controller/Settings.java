package dev.sluice.controller;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The process's settings, from its environment.
 *
 * @param namespace where the driver lives; leases are there
 * @param identity tells this replica from the others
 * @param maxUnhydratedPerSet members of one StatefulSet that evacuations and evictions may have unhydrated at a time
 * @param maxHydrations copies that may be under way at a time in the cluster; 0 for any number
 * @param webhookPort 0: there is no webhook
 * @param rescueAfter how long a pod may wait on a node that cannot take its volume; zero: for ever
 */
record Settings(
        String namespace,
        Path socket,
        int healthPort,
        String identity,
        int maxUnhydratedPerSet,
        int maxHydrations,
        int webhookPort,
        Duration rescueAfter) {
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
                number(environment, "HEALTH_PORT", 9808, 0),
                environment.getOrDefault("POD_NAME", host),
                number(environment, "MAX_UNHYDRATED_PER_SET", 1, 1),
                number(environment, "MAX_HYDRATIONS", 0, 0),
                number(environment, "WEBHOOK_PORT", 0, 0),
                Duration.ofSeconds(number(environment, "RESCUE_AFTER_SECONDS", 30, 0)));
    }

    private static int number(Map<String, String> environment, String name, int fallback, int least) {
        String text = environment.get(name);
        if (text == null) {
            return fallback;
        }
        int number = number(name, text);
        if (number < least) {
            throw new SluiceException(ErrorKind.INVALID, name + " must be " + least + " or more, not " + text);
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
