package dev.sluice.e2e.bench;

import static org.awaitility.Awaitility.await;

import dev.sluice.api.Attachment;
import dev.sluice.api.Volume;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Watchable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Watches that are opened before a move and stamp what they see of it. */
final class MoveWatch implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private final List<Watch> watches = new ArrayList<>();
    private final MoveTimeline timeline;
    private final String pod;

    MoveWatch(KubernetesClient client, String namespace, String pod, MoveTimeline.Journey journey) {
        this.pod = pod;
        this.timeline = new MoveTimeline(journey, System::nanoTime);
        watch(client.pods().inNamespace(namespace).withName(pod), timeline::look);
        if (journey.volume() != null) {
            watch(client.resources(Attachment.class), timeline::look);
            watch(client.resources(Volume.class), (action, volume) -> timeline.look(volume));
        }
    }

    Map<MoveMilestone, Double> awaitRunning() {
        await("pod " + pod + " runs on another node").atMost(LIMIT).until(timeline::isComplete);
        return timeline.seconds();
    }

    private <T extends HasMetadata> void watch(Watchable<T> resource, BiConsumer<Watcher.Action, T> look) {
        watches.add(resource.watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                look.accept(action, object);
            }

            @Override
            public void onClose(WatcherException cause) {}
        }));
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }
}
