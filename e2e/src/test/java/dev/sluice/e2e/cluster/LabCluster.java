package dev.sluice.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The lab, through the verbs of its command: each node has a kernel of its own, and a plug to pull. */
final class LabCluster implements Cluster, Faults {
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(10);

    private final String command;
    private final KubernetesClient client;

    LabCluster(String command, KubernetesClient client) {
        this.command = command;
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
        return lab("sh", node, script);
    }

    @Override
    public CommandResult kubectl(String... arguments) {
        List<String> words = new ArrayList<>(List.of("kubectl"));
        words.addAll(Arrays.asList(arguments));
        return lab(words.toArray(String[]::new));
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(this);
    }

    @Override
    public void kill(String node) {
        order("kill", node);
    }

    @Override
    public void halt(String node) {
        order("halt", node);
    }

    @Override
    public void boot(String node) {
        order("boot", node);
    }

    @Override
    public void cut(String node, String other) {
        order("cut", node, other);
    }

    @Override
    public void cut(String node) {
        order("cut", node);
    }

    @Override
    public void cutApi() {
        order("cut", "api");
    }

    @Override
    public void heal() {
        order("heal");
    }

    @Override
    public Delay delay(String node, Duration time) {
        order("shape", node, "--delay", TimeUnit.NANOSECONDS.toMicros(time.toNanos()) + "us");
        return () -> order("unshape", node);
    }

    @Override
    public void close() {
        client.close();
    }

    private void order(String... words) {
        lab(words).orFail("lab " + String.join(" ", words));
    }

    private CommandResult lab(String... words) {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(Arrays.asList(words));
        return Processes.run(COMMAND_LIMIT, line);
    }
}
