package dev.sluice.controller.api;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.ClaimEvent;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events on PVCs. An event's name derives from the volume, the epoch and the reason, so that telling it again, after a crash or by
 * another replica, is the same object.
 */
public final class ClaimEvents {
    private static final Logger log = LoggerFactory.getLogger(ClaimEvents.class);
    private static final int REMEMBERED = 10_000;

    private final KubernetesClient client;
    private final Clock clock;
    // Only saves the calls that would find the event there.
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    public ClaimEvents(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * What an event is about.
     *
     * @param claimUid of the PVC; null when it is not known
     * @param id of the volume
     */
    private record Subject(
            String namespace, String claim, @Nullable String claimUid, String id, String volumeUid, long epoch) {}

    void tell(CloneHydration hydration, ClaimEvent event) {
        CloneHydrationSpec spec = hydration.getSpec();
        ObjectMeta metadata = hydration.getMetadata();
        var owners = metadata.getOwnerReferences();
        tell(
                new Subject(
                        metadata.getNamespace(),
                        metadata.getName(),
                        owners.isEmpty() ? null : owners.getFirst().getUid(),
                        spec.volume(),
                        spec.volumeUid(),
                        spec.epoch()),
                event);
    }

    /** A volume without a PVC has nobody to be told. */
    void tell(Volume volume, ClaimEvent event) {
        VolumeSpec spec = volume.getSpec();
        ClaimReference claim = spec.claim();
        if (claim == null || claim.persistentVolume() == null) {
            return;
        }
        PersistentVolumeClaim found = client.persistentVolumeClaims()
                .inNamespace(claim.namespace())
                .withName(claim.name())
                .get();
        if (found != null) {
            ObjectMeta metadata = volume.getMetadata();
            tell(
                    new Subject(
                            claim.namespace(),
                            claim.name(),
                            found.getMetadata().getUid(),
                            metadata.getName(),
                            metadata.getUid(),
                            spec.epoch()),
                    event);
        }
    }

    private void tell(Subject subject, ClaimEvent event) {
        String name = "sluice-" + subject.volumeUid() + "-" + subject.epoch() + "-"
                + event.reason().toLowerCase(Locale.ROOT);
        if (told.contains(name)) {
            return;
        }
        try {
            client.v1().events().resource(build(name, subject, event)).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                log.warn("event {} could not be written: {}", name, e.getMessage());
                return;
            }
        }
        if (told.size() >= REMEMBERED) {
            told.clear();
        }
        told.add(name);
    }

    private Event build(String name, Subject subject, ClaimEvent event) {
        return Events.about(
                claim(subject),
                name,
                Map.of(Names.LABEL_VOLUME, subject.id()),
                event.warning() ? Events.WARNING : Events.NORMAL,
                event.reason(),
                event.message(),
                clock.instant());
    }

    private static ObjectReference claim(Subject subject) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withNamespace(subject.namespace())
                .withName(subject.claim())
                .withUid(subject.claimUid())
                .build();
    }
}
