package dev.sluice.controller.api;

import dev.sluice.controller.domain.Evacuations;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.Registry;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/** The reconcilers, of which only the leading replica's run. */
public final class Reconciliation {
    private static final String LEADER_LEASE = "sluice-controller";
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private Reconciliation() {}

    /**
     * An operator that is ready to be started.
     *
     * @param identity tells this replica from the others
     * @param membersAtOnce members of one StatefulSet that an evacuation may have unhydrated at a time
     * @param leading called when this replica leads; one that leads no more ends
     */
    public static Operator elected(
            KubernetesClient client,
            String namespace,
            String identity,
            Registry registry,
            StartingPods starting,
            Operations operations,
            int membersAtOnce,
            Clock clock,
            Runnable leading) {
        var election = LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEADER_LEASE)
                .withLeaseNamespace(namespace)
                .withIdentity(identity)
                .withLeaderCallbacks(new LeaderCallbacks(leading, () -> {}, leader -> {}))
                .build();
        Operator operator = operator(
                client,
                registry,
                starting,
                operations,
                clock,
                overrider -> overrider.withLeaderElectionConfiguration(election));
        evacuate(operator, client, registry, operations, membersAtOnce, clock);
        return operator;
    }

    static void evacuate(
            Operator operator,
            KubernetesClient client,
            Registry registry,
            Operations operations,
            int membersAtOnce,
            Clock clock) {
        Evacuations evacuations =
                new Evacuations(registry, operations, new ClusterClaimSets(client), membersAtOnce, clock);
        operator.register(
                new EvacuationReconciler(evacuations, new StorageNodes(client, clock)),
                each -> each.withRetry(unlimited()));
    }

    static Operator operator(
            KubernetesClient client,
            Registry registry,
            StartingPods starting,
            Operations operations,
            Clock clock,
            Consumer<ConfigurationServiceOverrider> more) {
        Operator operator = new Operator(overrider -> {
            overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .checkingCRDAndValidateLocalModel(false)
                    .withUseSSAToPatchPrimaryResource(false);
            more.accept(overrider);
        });
        ClaimEvents events = new ClaimEvents(client, clock);
        operator.register(
                new VolumeReconciler(registry, operations.families(), starting, events, clock),
                each -> each.withRetry(unlimited()));
        operator.register(new SnapshotReconciler(operations.snapshots()), each -> each.withRetry(unlimited()));
        operator.register(new AttachmentReconciler(operations.moves(), events), each -> each.withRetry(unlimited()));
        operator.register(new HydrationReconciler(events, clock), each -> each.withRetry(unlimited()));
        return operator;
    }

    // Giving up would leave an export or a removal undone until the object happens to change.
    private static GenericRetry unlimited() {
        return new GenericRetry()
                .withoutMaxAttempts()
                .setInitialInterval(FIRST_RETRY)
                .setIntervalMultiplier(2)
                .setMaxInterval(LAST_RETRY.toMillis());
    }
}
