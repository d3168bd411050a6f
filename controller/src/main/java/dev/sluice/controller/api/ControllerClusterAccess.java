package dev.sluice.controller.api;

import dev.sluice.controller.domain.Evictions;
import dev.sluice.controller.domain.Moves;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.domain.placement.NodeMarks;
import dev.sluice.controller.domain.placement.PlacementWatch;
import dev.sluice.controller.domain.placement.PodAdmission;
import dev.sluice.controller.domain.placement.RecentNodes;
import dev.sluice.controller.domain.placement.Rescue;
import dev.sluice.controller.webhook.CertificateRotation;
import dev.sluice.controller.webhook.ServedKeys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The registry on a cluster. */
public final class ControllerClusterAccess {
    /** Kinds of others that the controller reads and nodes do not. */
    public static final List<Class<? extends HasMetadata>> KINDS = List.of(
            PersistentVolume.class,
            Pod.class,
            Node.class,
            Secret.class,
            StatefulSet.class,
            MutatingWebhookConfiguration.class,
            ValidatingWebhookConfiguration.class);

    private ControllerClusterAccess() {}

    /** Reads leases of nodes in the driver's namespace; the clock tells how old they are. */
    public static Registry registry(KubernetesClient client, String namespace, StartingPods starting, Clock clock) {
        return new Registry(
                new ClusterShelf<>(client, Kind.VOLUME),
                new ClusterShelf<>(client, Kind.SNAPSHOT),
                new ClusterShelf<>(client, Kind.EXPORT),
                new ClusterShelf<>(client, Kind.HYDRATION),
                new ClusterNodes(client, namespace, starting, clock),
                new ClusterClaims(client));
    }

    /** What the webhook for evictions looks at. */
    public static Evictions evictions(KubernetesClient client, Registry registry, int membersAtOnce, Clock clock) {
        return new Evictions(new ClusterSetPods(client), registry, membersAtOnce, clock);
    }

    /** What the webhook for pods looks at. */
    public static PodAdmission admission(KubernetesClient client, Registry registry, Clock clock) {
        return new PodAdmission(
                new ClusterClaimVolumes(client), registry.volumes(), new RecentNodes(registry.nodes(), clock));
    }

    /** What the leading replica does about pods that are where their volumes cannot come. */
    public static PlacementWatch placement(
            KubernetesClient client, Registry registry, Moves moves, Duration rescueAfter, Clock clock) {
        ClusterPlacement cluster = new ClusterPlacement(client);
        return new PlacementWatch(
                cluster,
                new NodeMarks(registry.nodes(), cluster, clock),
                new Rescue(moves, cluster, new ClusterPods(client, clock), rescueAfter),
                rescueAfter,
                clock);
    }

    /** The certificates of the webhook of the driver in this namespace. */
    public static CertificateRotation certificates(
            KubernetesClient client, String namespace, ServedKeys served, Clock clock) {
        String dnsName = ClusterCertificates.NAME + "." + namespace + ".svc";
        return new CertificateRotation(new ClusterCertificates(client, namespace), dnsName, served, clock);
    }
}
