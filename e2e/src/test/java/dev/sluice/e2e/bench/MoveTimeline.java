package dev.sluice.e2e.bench;

import dev.sluice.api.Attachment;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watcher.Action;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** When each milestone of one move was seen, by one clock, since the old pod was first seen with all its containers ended. */
final class MoveTimeline {
    private static final double NANOS = 1e9;

    private final Journey journey;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Long> ended = new AtomicReference<>();
    private final Map<MoveMilestone, Long> seen = new ConcurrentHashMap<>();

    MoveTimeline(Journey journey, LongSupplier nanoTime) {
        this.journey = journey;
        this.nanoTime = nanoTime;
    }

    /**
     * What moves.
     *
     * @param podUid of the pod that ends
     * @param volume null for one that is not ours
     */
    record Journey(
            String podUid, String from, String to, @Nullable String volume) {}

    /** One event of the pods of this name. */
    void look(Action action, Pod pod) {
        if (!pod.getMetadata().getUid().equals(journey.podUid())) {
            lookAtSuccessor(pod);
            return;
        }
        if (hasEnded(pod)) {
            ended.compareAndSet(null, nanoTime.getAsLong());
        }
        if (action == Action.DELETED) {
            reached(MoveMilestone.GONE);
        }
    }

    private void lookAtSuccessor(Pod pod) {
        if (pod.getSpec().getNodeName() != null) {
            reached(MoveMilestone.SCHEDULED);
        }
        var containers = pod.getStatus().getContainerStatuses();
        if (!containers.isEmpty()
                && containers.stream()
                        .allMatch(container -> container.getState().getRunning() != null)) {
            reached(MoveMilestone.RUNNING);
        }
    }

    void look(Action action, Attachment attachment) {
        if (!attachment.getSpec().volume().equals(journey.volume())) {
            return;
        }
        String node = attachment.getSpec().node();
        if (node.equals(journey.to()) && action != Action.DELETED) {
            reached(MoveMilestone.ASKED);
        }
        if (node.equals(journey.from()) && action == Action.DELETED) {
            reached(MoveMilestone.LEFT);
        }
    }

    void look(Volume volume) {
        VolumeSpec spec = volume.getSpec();
        if (!volume.getMetadata().getName().equals(journey.volume())
                || !spec.home().equals(journey.to())) {
            return;
        }
        reached(MoveMilestone.GIVEN_UP);
        var status = volume.getStatus();
        if (status != null && status.epoch() == spec.epoch() && status.phase() == VolumePhase.READY) {
            reached(MoveMilestone.READY);
        }
    }

    boolean isComplete() {
        return seen.containsKey(MoveMilestone.RUNNING);
    }

    /** Seconds since the old pod's containers had ended. */
    Map<MoveMilestone, Double> seconds() {
        Long begin = ended.get();
        if (begin == null) {
            throw new AssertionError("the old pod was never seen with its containers ended: nothing to measure from");
        }
        Map<MoveMilestone, Double> seconds = new EnumMap<>(MoveMilestone.class);
        seen.forEach((milestone, nanos) -> seconds.put(milestone, (nanos - begin) / NANOS));
        return seconds;
    }

    private static boolean hasEnded(Pod pod) {
        var containers = pod.getStatus().getContainerStatuses();
        return !containers.isEmpty()
                && containers.stream()
                        .allMatch(container -> container.getState().getTerminated() != null);
    }

    private void reached(MoveMilestone milestone) {
        seen.putIfAbsent(milestone, nanoTime.getAsLong());
    }
}
