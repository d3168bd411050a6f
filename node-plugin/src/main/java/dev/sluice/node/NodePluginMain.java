package dev.sluice.node;

import dev.sluice.api.ClusterClients;
import dev.sluice.node.host.linux.InitiatorName;
import dev.sluice.node.host.linux.LinuxHost;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node plugin's process. What it builds in the kernel outlives it: volumes are used on while it restarts. */
public final class NodePluginMain {
    private static final Logger log = LoggerFactory.getLogger(NodePluginMain.class);

    private static final Duration RELEASE_EVERY = Duration.ofMinutes(5);

    private NodePluginMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        NodeSettings settings = NodeSettings.from(System.getenv());
        KubernetesClient client = ClusterClients.connect();
        LinuxHost linux = LinuxHost.open(settings.pools(), settings.stateDir());
        linux.prepare();
        NodePlugin plugin = new NodePlugin(
                settings, client, linux.ports(), linux.preflight(), InitiatorName::ofHost, Clock.systemUTC());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            plugin.close();
            client.close();
            stopped.countDown();
        }));
        plugin.start();
        log.info("the node plugin serves {} on node {}", settings.csiSocket(), settings.node());
        linux.prepareShutdown();
        // What the start or a busy time left behind would stay resident until the heap is full, which on a quiet node
        // is never. It takes the processor for longer than all other work of minutes, and pods may need that.
        do {
            if (!plugin.isHydrating()) {
                System.gc();
                linux.releaseMemory();
            }
        } while (!stopped.await(RELEASE_EVERY.toSeconds(), TimeUnit.SECONDS));
    }
}
