package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.Tables;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A clone whose file system is unmounted while its origin is away. */
class LostWritesTest {
    private static final String OUTER = Names.outerDevice(CloneStory.CLONE);
    private static final String SOURCE = Names.sourceDevice(CloneStory.CLONE);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final CloneStory story = new CloneStory(CloneStory.SIZE);
    private final LostWrites writes =
            new LostWrites(story.home.host(), stacksWithAClone(), Clock.fixed(NOW, ZoneOffset.UTC));

    private final List<String> told = new ArrayList<>();

    private VolumeStacks stacksWithAClone() {
        story.source();
        story.bring();
        return story.stacks;
    }

    @Test
    void nothingIsLostWhileTheOriginIsThere() {
        assertThat(writes.giveUp(CloneStory.CLONE, () -> told.add("ran"))).isFalse();

        assertThat(told).isEmpty();
        assertThat(waits()).isTrue();
        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isNull();
    }

    @Test
    void whatWaitsForAnOriginThatIsAwayFailsAndIsWrittenDownAndAfterwardsReadsWaitAgain() {
        story.network.cut(story.origin, story.home);

        assertThat(writes.giveUp(CloneStory.CLONE, () -> {
                    told.add("waits: " + waits());
                    told.add("lost: " + story.stacks.writesLost(CloneStory.CLONE));
                }))
                .isTrue();

        assertThat(told).containsExactly("waits: false", "lost: " + NOW);
        assertThat(waits()).isTrue();
        assertThat(story.hydration().look(NOW.plusSeconds(1)).writesLost()).isEqualTo(NOW);
    }

    @Test
    void readsThatAreLetGoOfLoseNothing() {
        story.network.cut(story.origin, story.home);

        assertThat(writes.letGo(CloneStory.CLONE, () -> told.add("waits: " + waits())))
                .isTrue();

        assertThat(told).containsExactly("waits: false");
        assertThat(waits()).isTrue();
        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isNull();
    }

    @Test
    void aDiskThatTheKernelHasGivenUpIsAwayToo() {
        story.home.failPath(SOURCE);

        assertThat(writes.giveUp(CloneStory.CLONE, () -> {})).isTrue();
    }

    /** It would have what was let go of wait again, and the unmount with it. */
    @Test
    void nobodyBringsTheStackUpMeanwhile() {
        story.network.cut(story.origin, story.home);

        writes.giveUp(
                CloneStory.CLONE,
                () -> CompletableFuture.runAsync(() -> story.stacks.attempt(CloneStory.CLONE, 1, () -> told.add("ran")))
                        .join());

        assertThat(told).isEmpty();
    }

    @Test
    void readsWaitAgainWhenItFailed() {
        story.network.cut(story.origin, story.home);
        SluiceException busy = new SluiceException(ErrorKind.IN_USE, "unmount: in use");

        assertThatThrownBy(() -> writes.giveUp(CloneStory.CLONE, () -> {
                    throw busy;
                }))
                .isSameAs(busy);

        assertThat(waits()).isTrue();
    }

    /** By message: to load a table is to wait for what is in flight, and that may wait for the origin. */
    @Test
    void afterAProcessThatDiedBeforeTheyDoAsTheStackIsBroughtAgain() {
        story.network.cut(story.origin, story.home);
        letGoOf();
        story.home.faults().clear();

        story.bring();

        assertThat(waits()).isTrue();
        assertThat(story.home.faults().journal()).noneMatch(call -> call.startsWith("DeviceMapper.load"));
        story.network.heal();
        story.tell();
        story.verify();
    }

    @Test
    void itIsDoneAgainWithoutHarm() {
        story.network.cut(story.origin, story.home);
        writes.giveUp(CloneStory.CLONE, () -> {});

        assertThat(writes.giveUp(CloneStory.CLONE, () -> {})).isTrue();

        assertThat(story.stacks.writesLost(CloneStory.CLONE)).isEqualTo(NOW);
    }

    @Test
    void aNodeThatGoesDownHasNothingWaitAgain() {
        story.network.cut(story.origin, story.home);
        story.home.beginShutdown();
        letGoOf();

        story.bring();
        assertThat(waits()).isFalse();

        writes.giveUp(CloneStory.CLONE, () -> {});
        assertThat(waits()).isFalse();
    }

    @Test
    void noMoreDoesAStackThatIsBegunThen() {
        story.network.cut(story.origin, story.home);
        story.home.powerCut();
        story.network.heal();
        story.home.beginShutdown();

        story.bring();

        assertThat(waits()).isFalse();
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

    private void letGoOf() {
        story.home.host().deviceMapper().message(SOURCE, "fail_if_no_path");
    }

    private boolean waits() {
        return Tables.queues(Objects.requireNonNull(
                        story.home.host().deviceMapper().find(SOURCE).orElse(null))
                .table());
    }
}
