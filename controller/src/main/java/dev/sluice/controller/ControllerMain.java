package dev.sluice.controller;

import dev.sluice.api.ClusterClients;
import dev.sluice.controller.api.ControllerClusterAccess;
import dev.sluice.controller.api.Reconciliation;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.rpc.ControllerService;
import dev.sluice.controller.rpc.GroupControllerService;
import dev.sluice.rpc.IdentityService;
import dev.sluice.rpc.SocketServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the controller: every replica serves calls, one of them reconciles. */
public final class ControllerMain {
    private static final Logger log = LoggerFactory.getLogger(ControllerMain.class);

    private ControllerMain() {}

    public static void main(String[] arguments) throws IOException {
        Settings settings = Settings.of(System.getenv());
        Clock clock = Clock.systemUTC();
        String version = Version.read();
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new UptimeMetrics().bindTo(metrics);
        KubernetesClient client = ClusterClients.connect();
        Registry registry = ControllerClusterAccess.registry(client, settings.namespace(), clock);
        Operations operations = Operations.over(registry, clock);
        HealthServer health = HealthServer.start(settings.healthPort(), settings.socket(), metrics);
        Operator operator =
                Reconciliation.elected(client, settings.namespace(), settings.identity(), registry, operations, clock);
        operator.start();
        // Last: the sidecars give up a server that accepts and then has no time for them.
        SocketServer server = SocketServer.start(
                settings.socket(),
                List.of(
                        new IdentityService(version),
                        new ControllerService(operations, settings.namespace()),
                        new GroupControllerService(operations.groupSnapshots())));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            operator.stop();
            health.close();
            client.close();
        }));
        log.info("Sluice controller {} serves on {}", version, settings.socket());
    }
}
