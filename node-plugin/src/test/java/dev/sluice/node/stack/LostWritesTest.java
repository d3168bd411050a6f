package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.names.Names;
import dev.sluice.node.clone.Tables;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A clone whose file system is unmounted while its origin is away. */
class LostWritesTest {
    private static final String OUTER = Names.outerDevice(CloneStory.CLONE);
    private static final String SOURCE = Names.sourceDevice(CloneStory.CLONE);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final CloneStory story = new CloneStory(CloneStory.SIZE);
    private final LostWrites writes =
            new LostWrites(story.home.host(), stacksWithAClone(), Clock.fixed(NOW, ZoneOffset.UTC));

    private VolumeStacks stacksWithAClone() {
        story.source();
        story.bring();
        return story.stacks;
    }

    @Test
    void nothingIsLostWhileTheOriginIsThere() {
        assertThat(writes.giveUp(CloneStory.CLONE)).isFalse();

        assertThat(waits()).isTrue();
        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isNull();
    }

    @Test
    void whatWaitsForAnOriginThatIsAwayFailsAndIsWrittenDown() {
        story.network.cut(story.origin, story.home);

        assertThat(writes.giveUp(CloneStory.CLONE)).isTrue();

        assertThat(waits()).isFalse();
        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isEqualTo(NOW);
        assertThat(story.hydration().look(NOW.plusSeconds(1)).writesLost()).isEqualTo(NOW);
    }

    @Test
    void aDiskThatTheKernelHasGivenUpIsAwayToo() {
        story.home.failPath(SOURCE);

        assertThat(writes.giveUp(CloneStory.CLONE)).isTrue();
    }

    @Test
    void afterwardsReadsWaitAgain() {
        story.network.cut(story.origin, story.home);
        writes.giveUp(CloneStory.CLONE);

        writes.settle(CloneStory.CLONE);

        assertThat(waits()).isTrue();
    }

    /** A process that died before it could settle. */
    @Test
    void soTheyDoAfterTheStackIsBroughtAgain() {
        story.network.cut(story.origin, story.home);
        writes.giveUp(CloneStory.CLONE);
        story.network.heal();

        story.bring();

        assertThat(waits()).isTrue();
        story.tell();
        story.verify();
    }

    @Test
    void itIsDoneAgainWithoutHarm() {
        story.network.cut(story.origin, story.home);
        writes.giveUp(CloneStory.CLONE);

        assertThat(writes.giveUp(CloneStory.CLONE)).isTrue();

        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isEqualTo(NOW);
    }

    @Test
    void itIsHeldUpWhileAnythingIsInFlightAndTheOriginIsAway() {
        story.network.cut(story.origin, story.home);
        assertThat(writes.isHeldUp(CloneStory.CLONE)).as("nothing in flight").isFalse();

        story.home.keepBusy(OUTER, true);
        assertThat(writes.isHeldUp(CloneStory.CLONE)).isTrue();

        story.network.heal();
        assertThat(writes.isHeldUp(CloneStory.CLONE))
                .as("it will end by itself")
                .isFalse();
    }

    @Test
    void whatWaitsEndsAndWhatComesAfterwardsWaitsAgain() {
        story.network.cut(story.origin, story.home);
        story.home.keepBusy(OUTER, true);
        // With the error a killed process ends.
        story.home.faults().before("BlockDevices.inFlight", () -> {
            if (!waits()) {
                story.home.keepBusy(OUTER, false);
            }
        });

        writes.release(CloneStory.CLONE);

        assertThat(writes.isHeldUp(CloneStory.CLONE)).isFalse();
        assertThat(waits()).isTrue();
        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isEqualTo(NOW);
    }

    @Test
    void whatWaitsForAnOriginThatIsThereDoesNotEnd() {
        story.home.keepBusy(OUTER, true);

        writes.release(CloneStory.CLONE);

        assertThat(waits()).isTrue();
        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isNull();
    }

    private boolean waits() {
        return Tables.queues(Objects.requireNonNull(
                        story.home.host().deviceMapper().find(SOURCE).orElse(null))
                .table());
    }
}
