package dev.sluice.controller;

import dev.sluice.api.ClusterClients;
import dev.sluice.controller.api.ControllerClusterAccess;
import dev.sluice.controller.api.Reconciliation;
import dev.sluice.controller.api.StartingPods;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.domain.Turns;
import dev.sluice.controller.domain.placement.PlacementWatch;
import dev.sluice.controller.rpc.ControllerService;
import dev.sluice.controller.rpc.GroupControllerService;
import dev.sluice.controller.webhook.ServedKeys;
import dev.sluice.rpc.IdentityService;
import dev.sluice.rpc.SocketServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the controller: every replica serves calls, one of them reconciles. */
public final class ControllerMain {
    private static final Logger log = LoggerFactory.getLogger(ControllerMain.class);

    private static final Duration PLACEMENT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration TURNS_INTERVAL = Duration.ofSeconds(2);

    private ControllerMain() {}

    public static void main(String[] arguments) throws IOException {
        Settings settings = Settings.of(System.getenv());
        Clock clock = Clock.systemUTC();
        String version = Version.read();
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new UptimeMetrics().bindTo(metrics);
        KubernetesClient client = ClusterClients.connect(ControllerClusterAccess.KINDS);
        StartingPods starting = StartingPods.watch(client);
        Registry registry = ControllerClusterAccess.registry(client, settings.namespace(), starting, clock);
        Operations operations = Operations.over(registry, clock, settings.namespace());
        HealthServer health = HealthServer.start(settings.healthPort(), settings.socket(), metrics);
        PlacementWatch placement =
                ControllerClusterAccess.placement(client, registry, operations.moves(), settings.rescueAfter(), clock);
        Operator operator = Reconciliation.elected(
                client,
                settings.namespace(),
                settings.identity(),
                registry,
                starting,
                operations,
                settings.maxUnhydratedPerSet(),
                clock,
                () -> watch(placement, new Turns(registry, settings.maxHydrations())));
        operator.start();
        ServedKeys keys = new ServedKeys();
        Webhook webhook = Webhook.start(
                settings.webhookPort(),
                keys,
                ControllerClusterAccess.admission(client, registry, clock),
                ControllerClusterAccess.evictions(client, registry, settings.maxUnhydratedPerSet(), clock),
                ControllerClusterAccess.certificates(client, settings.namespace(), keys, clock));
        // Last: the sidecars give up a server that accepts and then has no time for them.
        SocketServer server = SocketServer.start(
                settings.socket(),
                List.of(
                        new IdentityService(version),
                        new ControllerService(operations, settings.namespace()),
                        new GroupControllerService(operations.groupSnapshots())));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            webhook.close();
            operator.stop();
            starting.close();
            health.close();
            client.close();
        }));
        log.info("Sluice controller {} serves on {}", version, settings.socket());
    }

    // A replica that leads no more ends, and this with it.
    private static void watch(PlacementWatch placement, Turns turns) {
        var unused = Periodically.start("placement", PLACEMENT_INTERVAL, placement::look);
        var unusedToo = Periodically.start("turns", TURNS_INTERVAL, turns::look);
    }
}
