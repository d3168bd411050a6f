package dev.sluice.e2e.bench;

import static org.awaitility.Awaitility.await;

import dev.sluice.api.Attachment;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Watchable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** When each milestone of one start was seen, by one clock: watches, opened before the start, stamp what they see. */
final class StartTimeline implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final double NANOS = 1e9;

    private final Map<Milestone, Long> seen = new ConcurrentHashMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final String name;
    private final long begin;

    /** The claim and the pod have one name, in a namespace of their own. */
    StartTimeline(KubernetesClient client, String namespace, String name) {
        this.name = name;
        Set<String> earlier = client.resources(Attachment.class).list().getItems().stream()
                .map(attachment -> attachment.getMetadata().getName())
                .collect(Collectors.toSet());
        watch(client.pods().inNamespace(namespace).withName(name), this::look);
        watch(client.persistentVolumeClaims().inNamespace(namespace).withName(name), this::look);
        watch(client.resources(Volume.class), this::look);
        watch(client.resources(Attachment.class), attachment -> {
            if (!earlier.contains(attachment.getMetadata().getName())) {
                reached(Milestone.STAGING);
            }
        });
        this.begin = System.nanoTime();
    }

    /** Seconds since the start for each milestone. */
    Map<Milestone, Double> awaitRunning() {
        await("pod " + name + " runs").atMost(LIMIT).until(() -> seen.containsKey(Milestone.RUNNING));
        Map<Milestone, Double> seconds = new EnumMap<>(Milestone.class);
        seen.forEach((milestone, nanos) -> seconds.put(milestone, (nanos - begin) / NANOS));
        return seconds;
    }

    private void look(Pod pod) {
        if (pod.getSpec().getNodeName() != null) {
            reached(Milestone.SCHEDULED);
        }
        var containers = pod.getStatus().getContainerStatuses();
        if (!containers.isEmpty()
                && containers.stream()
                        .allMatch(container -> container.getState().getRunning() != null)) {
            reached(Milestone.RUNNING);
        }
    }

    private void look(PersistentVolumeClaim claim) {
        if ("Bound".equals(claim.getStatus().getPhase())) {
            reached(Milestone.BOUND);
        }
    }

    private void look(Volume volume) {
        var claim = volume.getSpec().claim();
        if (claim == null || !claim.name().equals(name) || volume.getStatus() == null) {
            return;
        }
        if (volume.getStatus().allocated() != null) {
            reached(Milestone.ALLOCATED);
        }
        if (volume.getStatus().phase() == VolumePhase.READY) {
            reached(Milestone.READY);
        }
    }

    private void reached(Milestone milestone) {
        seen.putIfAbsent(milestone, System.nanoTime());
    }

    private <T extends HasMetadata> void watch(Watchable<T> resource, Consumer<T> look) {
        watches.add(resource.watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                look.accept(object);
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
