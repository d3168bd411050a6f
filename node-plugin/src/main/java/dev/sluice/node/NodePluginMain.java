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

    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final long GROWN_BYTES = 8 << 20;

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
        giveMemoryBack(plugin, linux, stopped);
    }

    /**
     * What the start or a busy time left behind would stay resident until the heap is full, which on a quiet node is never. Giving it back
     * takes the processor for longer than all other work of minutes: it waits until no pod's volume hydrates.
     */
    private static void giveMemoryBack(NodePlugin plugin, LinuxHost linux, CountDownLatch stopped)
            throws InterruptedException {
        long atRest = 0;
        do {
            long grown = linux.ownMemory() - atRest;
            if (!plugin.isHydrating() && grown > GROWN_BYTES) {
                System.gc();
                linux.releaseMemory();
                atRest = linux.ownMemory();
                log.info("memory that is not needed at rest was given back: {} MiB of its own are left", atRest >> 20);
            }
        } while (!stopped.await(LOOK_EVERY.toSeconds(), TimeUnit.SECONDS));
    }
}
