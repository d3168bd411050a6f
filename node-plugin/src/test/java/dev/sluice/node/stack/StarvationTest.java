package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.HydrationGeometry;
import dev.sluice.node.host.PoolSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hydrations under pods that keep I/O in flight, over simulated minutes. */
class StarvationTest {
    private static final String OUTER = Names.outerDevice(CloneStory.CLONE);
    private static final String ENGINE = Names.cloneDevice(CloneStory.CLONE);
    private static final int ALL = 1000;
    private static final long MEBIBYTE = 1L << 20;

    private final CloneStory story = new CloneStory(CloneStory.SIZE);
    private final Hydration hydration = hydration();
    private final List<HydrationReport> seen = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean arriving = true;

    private Hydration hydration() {
        story.source();
        story.bring();
        story.pod();
        return story.hydration();
    }

    private void want(boolean paused, @Nullable Long most, @Nullable Long least) {
        hydration.update(story.order(story.serve(), new HydrationSettings(paused, most, 0, null, least)));
    }

    private void starve() {
        story.home.keepBusy(OUTER, true);
    }

    /** For so many simulated seconds, or until it is whole. */
    private HydrationReport look(int seconds) {
        for (int look = 0; look < 2 * seconds && !isWhole(); look++) {
            now = now.plusMillis(500);
            if (arriving && story.home.host().deviceMapper().find(ENGINE).isPresent()) {
                story.home.hydrate(ENGINE, ALL);
            }
            seen.add(hydration.look(now));
        }
        return seen.getLast();
    }

    private boolean isWhole() {
        return !seen.isEmpty() && seen.getLast().phase() == HydrationPhase.HYDRATED;
    }

    private long windows() {
        return story.home.faults().journal().stream()
                .filter(line -> line.startsWith("Pauses.hold"))
                .count();
    }

    @Test
    void itEndsAllTheSameAndSaysWhatHoldsItUp() {
        want(false, null, 2 * MEBIBYTE);
        starve();

        HydrationReport end = look(60);

        assertThat(end.phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(seen.stream().map(HydrationReport::phase)).doesNotContain(HydrationPhase.STALLED);
        assertThat(seen)
                .anyMatch(
                        report -> report.phase() == HydrationPhase.HYDRATING && "ForegroundIO".equals(report.reason()));
        assertThat(seen.stream().map(HydrationReport::hydratedBytes).toList()).isSorted();
        story.home.keepBusy(OUTER, false);
        story.verify();
    }

    @Test
    void withoutAFloorOfItsOwnItEndsToo() {
        starve();

        assertThat(look(120).phase()).isEqualTo(HydrationPhase.HYDRATED);
    }

    @Test
    void anotherFloorHoldsAtOnce() {
        want(false, null, 1L);
        starve();
        look(50);
        assertThat(windows()).isZero();

        want(false, null, 4 * MEBIBYTE);
        look(10);

        assertThat(windows()).isPositive();
    }

    @Test
    void aPodThatPausesLeavesTheEngineAllItCanTake() {
        want(false, null, MEBIBYTE / 8);
        starve();
        look(30);
        assertThat(windows()).isPositive();
        story.home.keepBusy(OUTER, false);
        arriving = false;

        look(1);

        int usual = HydrationGeometry.of(engine().regionBytes()).threshold();
        assertThat(engine().threshold()).isEqualTo(usual);
    }

    @Test
    void aPausedOneHasNoWindows() {
        want(true, null, 2 * MEBIBYTE);
        starve();

        assertThat(look(120).phase()).isEqualTo(HydrationPhase.PAUSED);
        assertThat(windows()).isZero();

        want(false, null, 2 * MEBIBYTE);
        assertThat(look(1).phase()).as("the time of the pause is no standstill").isEqualTo(HydrationPhase.HYDRATING);
    }

    @Test
    void noneWhileTheOriginIsAway() {
        want(false, null, MEBIBYTE / 8);
        starve();
        look(20);
        long before = windows();
        story.network.cut(story.origin, story.home);
        arriving = false;

        assertThat(look(20).reason()).isEqualTo("SourceUnreachable");
        assertThat(windows()).isEqualTo(before).isPositive();
    }

    @Test
    void oneThatCannotBeHelpedIsStalledAndRecovers() {
        want(false, null, 2 * MEBIBYTE);
        starve();
        for (int failure = 0; failure < 40; failure++) {
            story.home.faults().failNext("Pauses.hold", new SluiceException(ErrorKind.HOST, "no suspension today"));
        }

        HydrationReport stalled = look(100);

        assertThat(stalled.phase()).isEqualTo(HydrationPhase.STALLED);
        assertThat(stalled.reason()).isEqualTo("ForegroundIO");
        assertThat(look(300).phase()).isEqualTo(HydrationPhase.HYDRATED);
    }

    @Test
    void copiesThatDoNotArriveAreLaidToTheOrigin() {
        want(false, null, 2 * MEBIBYTE);
        arriving = false;

        HydrationReport slow = look(120);

        assertThat(slow.phase()).isEqualTo(HydrationPhase.STALLED);
        assertThat(slow.reason()).isEqualTo("SourceSlow");
    }

    @Test
    void copyingLeavesTheLastRoomOfThePoolToPodsAndGoesOnWhenThereIsMore() {
        long used = story.home
                .host()
                .pools()
                .find(new PoolSettings("fast", "data", "sluice"))
                .orElseThrow()
                .usedBytes();
        story.home.poolBytes("data", used);

        HydrationReport held = look(20);
        long arrived = held.hydratedBytes();

        assertThat(held.phase()).isEqualTo(HydrationPhase.STALLED);
        assertThat(held.reason()).isEqualTo("PoolFull");
        assertThat(engine().hydrationEnabled()).isFalse();
        assertThat(look(30).hydratedBytes()).isEqualTo(arrived);

        story.home.poolBytes("data", 1L << 30);
        assertThat(look(60).phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    @Test
    void copiesThatFailAreToldApartOneByOne() {
        want(false, null, 2 * MEBIBYTE);
        arriving = false;
        look(45);
        for (long block = CloneStory.BLOCKS / 2; block < CloneStory.BLOCKS; block++) {
            story.home.read(story.stacks.device(CloneStory.CLONE), block);
        }
        look(10);
        for (long block = CloneStory.BLOCKS / 2; block < CloneStory.BLOCKS; block++) {
            story.home.read(story.stacks.device(CloneStory.CLONE), block);
        }

        assertThat(look(60).reason()).isEqualTo("RegionErrors");
        assertThat(engine().batch()).isOne();
    }

    private CloneStatus.Working engine() {
        return (CloneStatus.Working)
                CloneStatus.parse(story.home.host().deviceMapper().status(ENGINE, false));
    }
}
