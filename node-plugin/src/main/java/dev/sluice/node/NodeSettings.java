package dev.sluice.node;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.PoolSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The process's settings, from its environment.
 *
 * @param node the node's name in Kubernetes
 * @param namespace where the driver runs; its leases are there
 * @param csiSocket as the kubelet sees it too
 * @param address where other nodes reach this node's exports
 * @param stateDir folder of the node's key; root only
 * @param kubeletDir the kubelet's folder; every path in a request is inside it
 */
public record NodeSettings(
        String node,
        String namespace,
        Path csiSocket,
        int healthPort,
        List<PoolSettings> pools,
        String address,
        Path stateDir,
        Path kubeletDir) {
    private static final String UNIX = "unix://";
    private static final int PORTAL_PORT = 3260;

    public static NodeSettings from(Map<String, String> environment) {
        return new NodeSettings(
                required(environment, "NODE_NAME"),
                environment.getOrDefault("NAMESPACE", "sluice-system"),
                socket(environment.getOrDefault(
                        "CSI_ENDPOINT", UNIX + "/var/lib/kubelet/plugins/csi.sluice.dev/csi.sock")),
                port(environment.getOrDefault("HEALTH_PORT", "9809")),
                pools(required(environment, "POOLS")),
                required(environment, "NODE_ADDRESS"),
                Path.of(environment.getOrDefault("STATE_DIR", "/var/lib/sluice")),
                Path.of(environment.getOrDefault("KUBELET_DIR", "/var/lib/kubelet")));
    }

    public Path registrationSocket() {
        return kubeletDir.resolve("plugins_registry").resolve("csi.sluice.dev-reg.sock");
    }

    /** Where this node serves its exports, as address:port. */
    public String portal() {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return host + ":" + PORTAL_PORT;
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isBlank()) {
            throw invalid(name + " is not set");
        }
        return value;
    }

    private static Path socket(String endpoint) {
        if (!endpoint.startsWith(UNIX + "/")) {
            throw invalid("CSI_ENDPOINT is " + endpoint + ", it must be unix:///path/of/socket");
        }
        return Path.of(endpoint.substring(UNIX.length()));
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid("HEALTH_PORT is " + text + ", it must be a number");
        }
    }

    /** {@code name=group/thinpool,…} */
    private static List<PoolSettings> pools(String text) {
        return Stream.of(text.split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(NodeSettings::pool)
                .toList();
    }

    private static PoolSettings pool(String entry) {
        String[] named = entry.split("=", -1);
        String[] place = named.length == 2 ? named[1].split("/", -1) : new String[0];
        if (place.length != 2 || named[0].isBlank() || place[0].isBlank() || place[1].isBlank()) {
            throw invalid("POOLS has " + entry + ", each must be name=group/thinpool");
        }
        return new PoolSettings(named[0], place[0], place[1]);
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(ErrorKind.INVALID, message);
    }
}
