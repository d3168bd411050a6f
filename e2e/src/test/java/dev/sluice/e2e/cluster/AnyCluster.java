package dev.sluice.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Any cluster a KUBECONFIG leads to: node commands go through the node plugin's pod, which is privileged and shares the host's PIDs. */
final class AnyCluster implements Cluster {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);
    private static final String[] ON_THE_HOST = {"nsenter", "-t", "1", "-m", "-u", "-i", "-n", "-p", "--", "sh", "-c"};

    private final KubernetesClient client;

    AnyCluster(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public KubernetesClient client() {
        return client;
    }

    @Override
    public List<String> nodes() {
        return Clusters.storageNodes(client);
    }

    @Override
    public CommandResult sh(String node, String script) {
        String[] words = Arrays.copyOf(ON_THE_HOST, ON_THE_HOST.length + 1);
        words[ON_THE_HOST.length] = script;
        return PodCommand.run(client, new Driver(client).nodePlugin(node), COMMAND_LIMIT, words);
    }

    @Override
    public CommandResult kubectl(String... arguments) {
        List<String> line = new ArrayList<>(List.of("kubectl"));
        line.addAll(Arrays.asList(arguments));
        return Processes.run(COMMAND_LIMIT, line);
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.empty();
    }

    @Override
    public void close() {
        client.close();
    }
}
