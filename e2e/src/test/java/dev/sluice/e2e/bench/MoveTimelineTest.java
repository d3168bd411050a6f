package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentSpec;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Watcher.Action;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MoveTimelineTest {
    private static final ContainerState RUNNING =
            new ContainerStateBuilder().withNewRunning("t").build();
    private static final ContainerState ENDED =
            new ContainerStateBuilder().withNewTerminated().endTerminated().build();

    private final AtomicLong seconds = new AtomicLong();
    private final MoveTimeline timeline = new MoveTimeline(
            new MoveTimeline.Journey("old", "n1", "n2", "v-1"), () -> seconds.incrementAndGet() * 1_000_000_000L);

    @Test
    void countsFromTheFirstSightOfAllContainersEnded() {
        timeline.look(Action.ADDED, pod("old", "n1", RUNNING));
        timeline.look(Action.MODIFIED, pod("old", "n1", ENDED, RUNNING));
        timeline.look(Action.MODIFIED, pod("old", "n1", ENDED, ENDED));
        timeline.look(Action.MODIFIED, pod("old", "n1", ENDED, ENDED));
        timeline.look(Action.DELETED, pod("old", "n1", ENDED, ENDED));
        timeline.look(Action.ADDED, pod("new", null));
        timeline.look(Action.MODIFIED, pod("new", "n2"));
        timeline.look(Action.ADDED, attachment("n2"));
        timeline.look(Action.DELETED, attachment("n1"));
        assertThat(timeline.isComplete()).isFalse();
        timeline.look(Action.MODIFIED, pod("new", "n2", RUNNING, RUNNING));

        assertThat(timeline.isComplete()).isTrue();
        var seen = timeline.seconds();
        assertThat(seen).containsKeys(MoveMilestone.GONE, MoveMilestone.SCHEDULED, MoveMilestone.RUNNING);
        assertThat(seen.get(MoveMilestone.GONE)).isPositive();
        assertThat(seen.get(MoveMilestone.LEFT)).isGreaterThan(seen.get(MoveMilestone.ASKED));
        assertThat(seen.get(MoveMilestone.RUNNING)).isGreaterThan(seen.get(MoveMilestone.SCHEDULED));
        assertThat(seen).doesNotContainKey(MoveMilestone.GIVEN_UP);
    }

    @Test
    void withoutABeginningThereIsNoTime() {
        timeline.look(Action.MODIFIED, pod("new", "n2", RUNNING));

        assertThatThrownBy(timeline::seconds).hasMessageContaining("nothing to measure from");
    }

    private static Attachment attachment(String node) {
        Attachment attachment = new Attachment();
        attachment.setSpec(new AttachmentSpec("v-1", node));
        return attachment;
    }

    private static Pod pod(String uid, @Nullable String node, ContainerState... containers) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withUid(uid)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .endStatus();
        for (ContainerState state : containers) {
            pod.editStatus()
                    .addNewContainerStatus()
                    .withState(state)
                    .endContainerStatus()
                    .endStatus();
        }
        return pod.build();
    }
}
