package dev.sluice.controller.api;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.Volume;
import dev.sluice.controller.domain.placement.PodRegistry;
import dev.sluice.controller.domain.placement.PodShape;
import dev.sluice.controller.domain.placement.StrandedPod;
import dev.sluice.controller.domain.placement.StrandedVolume;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pods that wait for a volume, and what is done about them. */
final class ClusterPods implements PodRegistry {
    static final String REASON = "NodeCannotTakeVolume";
    private static final Logger log = LoggerFactory.getLogger(ClusterPods.class);
    private static final int CONFLICT = HttpURLConnection.HTTP_CONFLICT;

    private final KubernetesClient client;
    private final Clock clock;

    ClusterPods(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public List<StrandedPod> findWaiting(String volume, String node) {
        return ApiErrors.translate("the pods that use " + volume, () -> {
            Optional<ObjectReference> claim = claim(volume);
            if (claim.isEmpty()) {
                return List.of();
            }
            return client
                    .pods()
                    .inNamespace(claim.get().getNamespace())
                    .withField("spec.nodeName", node)
                    .list()
                    .getItems()
                    .stream()
                    .filter(ClusterPods::isStarting)
                    .map(this::stranded)
                    .filter(pod -> node.equals(pod.shape().node())
                            && pod.shape().claims().contains(claim.get().getName()))
                    .toList();
        });
    }

    /** The PVC that the volume is bound to now, which need not be the one it was made for. */
    private Optional<ObjectReference> claim(String volume) {
        Volume found = client.resources(Volume.class).withName(volume).get();
        ClaimReference made = found == null || found.getSpec() == null
                ? null
                : found.getSpec().claim();
        return made == null || made.persistentVolume() == null
                ? Optional.empty()
                : ClusterClaimVolumes.findBinding(client, made.persistentVolume(), volume);
    }

    /** It has not run yet, and is not on its way out. */
    static boolean isStarting(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && "Pending".equals(pod.getStatus().getPhase());
    }

    private StrandedPod stranded(Pod pod) {
        KubernetesSerialization serialization = client.getKubernetesSerialization();
        @SuppressWarnings("unchecked") // the keys of a JSON object are strings
        Map<String, Object> tree = serialization.convertValue(pod, Map.class);
        String controller = pod.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getKind)
                .findFirst()
                .orElse(null);
        return new StrandedPod(
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                Instant.parse(pod.getMetadata().getCreationTimestamp()),
                controller,
                PodShape.of(pod.getMetadata().getNamespace(), tree));
    }

    @Override
    public Optional<Instant> findRescue(StrandedVolume stranded, String namespace) {
        return ApiErrors.translate(
                "the events of pods that used " + stranded.volume(),
                () -> client
                        .v1()
                        .events()
                        .inNamespace(namespace)
                        .withLabel(Names.LABEL_VOLUME, stranded.volume())
                        .withLabel(Names.LABEL_NODE, stranded.node())
                        .list()
                        .getItems()
                        .stream()
                        .filter(event -> REASON.equals(event.getReason()))
                        .map(event -> Instant.parse(event.getMetadata().getCreationTimestamp()))
                        .min(Instant::compareTo));
    }

    @Override
    public void tellRescue(StrandedVolume stranded, StrandedPod pod, String message) {
        try {
            client.v1().events().resource(event(stranded, pod, message)).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw ApiErrors.translated("an event of pod " + pod.name(), e);
            }
        }
    }

    private Event event(StrandedVolume stranded, StrandedPod pod, String message) {
        ObjectReference subject = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withNamespace(pod.shape().namespace())
                .withName(pod.name())
                .withUid(pod.uid())
                .build();
        return Events.about(
                subject,
                "sluice-" + pod.uid() + "-" + stranded.volume(),
                Map.of(Names.LABEL_VOLUME, stranded.volume(), Names.LABEL_NODE, stranded.node()),
                Events.WARNING,
                REASON,
                message,
                clock.instant());
    }

    @Override
    public boolean evict(StrandedPod pod) {
        String namespace = pod.shape().namespace();
        // The uid: its successor may have its name already.
        Eviction eviction = new EvictionBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(pod.name())
                .endMetadata()
                .withDeleteOptions(new DeleteOptionsBuilder()
                        .withNewPreconditions()
                        .withUid(pod.uid())
                        .endPreconditions()
                        .build())
                .build();
        try {
            return client.pods().inNamespace(namespace).withName(pod.name()).evict(eviction);
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw ApiErrors.translated("the eviction of pod " + pod.name(), e);
            }
            log.debug("pod {} is another one already", pod.name());
            return true;
        }
    }
}
