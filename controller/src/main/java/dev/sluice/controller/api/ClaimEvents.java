package dev.sluice.controller.api;

import dev.sluice.api.CloneHydration;
import dev.sluice.controller.domain.ClaimEvent;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    void tell(CloneHydration hydration, ClaimEvent event) {
        String name = "sluice-" + hydration.getSpec().volumeUid() + "-"
                + hydration.getSpec().epoch() + "-" + event.reason().toLowerCase(Locale.ROOT);
        if (told.contains(name)) {
            return;
        }
        try {
            client.v1().events().resource(build(name, hydration, event)).create();
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

    private Event build(String name, CloneHydration hydration, ClaimEvent event) {
        String now = clock.instant().toString();
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(hydration.getMetadata().getNamespace())
                .addToLabels(Names.LABEL_VOLUME, hydration.getSpec().volume())
                .endMetadata()
                .withInvolvedObject(claim(hydration))
                .withType(event.warning() ? "Warning" : "Normal")
                .withReason(event.reason())
                .withMessage(event.message())
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(Names.DRIVER)
                .endSource()
                .build();
    }

    private static ObjectReference claim(CloneHydration hydration) {
        var owners = hydration.getMetadata().getOwnerReferences();
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("PersistentVolumeClaim")
                .withNamespace(hydration.getMetadata().getNamespace())
                .withName(hydration.getMetadata().getName())
                .withUid(owners.isEmpty() ? null : owners.getFirst().getUid())
                .build();
    }
}
