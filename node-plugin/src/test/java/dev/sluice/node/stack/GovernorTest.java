package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.clone.CloneStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A governor and an engine that starves as dm-clone does, over simulated minutes. */
class GovernorTest {
    private static final long REGION = 64 << 10;
    private static final long REGIONS = 1L << 20;
    private static final Duration LONGEST = Duration.ofMillis(50);
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long MEBIBYTE = 1L << 20;

    private final Governor governor = new Governor();
    private final List<Governor.Window> windows = new ArrayList<>();
    private Instant now = START;
    private long hydrated;
    private long inFlight;
    private Duration held = Duration.ZERO;

    /** How long the pod's I/O waits for a window beside the time in which copies come. */
    private Duration hold = Duration.ofMillis(2);
    /** Bytes a second while nothing else is under way. */
    private long path = 200 * MEBIBYTE;

    private @Nullable Long least;
    private @Nullable Long most;

    @Test
    void aStarvedCopyGetsTheFloorThatWasAskedFor() {
        least = 10 * MEBIBYTE;

        long before = hydrated;
        starve(Duration.ofMinutes(2));

        assertThat(bytes(before) / 120).isCloseTo(least, Percentage.withPercentage(5));
        assertThat(held).as("what copying takes, and the holds").isLessThan(Duration.ofMillis(120_000 / 15));
    }

    @Test
    void withoutOneItGetsAPartOfWhatWasMeasured() {
        starve(Duration.ofMinutes(1));
        long before = hydrated;

        starve(Duration.ofMinutes(2));

        assertThat(governor.floor(least, most)).isEqualTo(path / 20);
        assertThat(bytes(before) / 120).isCloseTo(path / 20, Percentage.withPercentage(5));
        assertThat(windows.stream().filter(Governor.Window::measures)).hasSize(1);
    }

    /** What goes on after a window is met by every request of the pod; a longer window only by those that wait for it anyway. */
    @Test
    void aWindowWaitsForWhatComesLaterThanExpected() {
        least = 10 * MEBIBYTE;

        starve(Duration.ofMinutes(1));

        // How much arrives is not known before the first.
        assertThat(windows.subList(1, windows.size())).isNotEmpty().allSatisfy(window -> {
            assertThat(window.longest()).isEqualTo(LONGEST.multipliedBy(2));
            assertThat(window.bytes()).isLessThan(path * LONGEST.toMillis() / 1000);
        });
    }

    @Test
    void itIsMeasuredAgain() {
        starve(Duration.ofMinutes(1));
        path = 20 * MEBIBYTE;

        starve(Duration.ofMinutes(6));

        assertThat(governor.floor(null, null)).isEqualTo(path / 20);
    }

    @Test
    void thereIsAlwaysAFloor() {
        assertThat(governor.floor(null, null)).isEqualTo(Governor.LEAST);
        governor.measured(START, 1000);
        assertThat(governor.floor(null, null)).isEqualTo(Governor.LEAST);
    }

    @Test
    void theLimitIsAboveTheFloor() {
        governor.measured(START, 1000 * MEBIBYTE);

        assertThat(governor.floor(null, MEBIBYTE)).isEqualTo(MEBIBYTE);
        assertThat(governor.floor(2 * MEBIBYTE, MEBIBYTE)).isEqualTo(MEBIBYTE);
    }

    @Test
    void aWindowHasAsMuchAsArrivesInIt() {
        starve(Duration.ofMinutes(1));
        windows.clear();

        starve(Duration.ofMinutes(1));

        long most = (long) (path * LONGEST.toNanos() / 1e9);
        assertThat(windows).isNotEmpty().allMatch(window -> window.bytes() <= most);
    }

    @Test
    void aFloorThatTakesMoreGoesOnBesideThePodsRequests() {
        least = path / 4;

        starve(Duration.ofMinutes(5));

        assertThat(bytes(0) / 300).isCloseTo(least, Percentage.withPercentage(10));
        assertThat(held).isLessThanOrEqualTo(Duration.ofSeconds(31));
    }

    @Test
    void butIoIsNeverHeldForMoreThanATenthOfTheTime() {
        least = 1000 * MEBIBYTE;
        hold = Duration.ofMillis(100);

        starve(Duration.ofMinutes(5));

        assertThat(held).isLessThanOrEqualTo(Duration.ofSeconds(31));
        assertThat(windows).allMatch(window -> window.bytes() <= Governor.MOST_AT_ONCE);
    }

    @Test
    void aFloorOfLessThanARegionIsWaitedFor() {
        least = REGION / 10;

        starve(Duration.ofMinutes(5));

        assertThat(windows).hasSizeBetween(28, 30).allMatch(window -> window.bytes() == REGION);
    }

    @Test
    void aCopyThatRunsHasNoWindows() {
        for (int look = 0; look < 600; look++) {
            hydrated += path / 2 / REGION;
            look();
        }

        assertThat(windows).isEmpty();
        assertThat(governor.isNeeded(now)).isFalse();
    }

    @Test
    void neitherHasOneThatOnlyBegins() {
        for (int look = 0; look < 6; look++) {
            look();
        }

        assertThat(windows).isEmpty();
    }

    @Test
    void copiesThatAreUnderWayAreWaitedFor() {
        inFlight = 2 * Governor.MOST_AT_ONCE / REGION;
        for (int look = 0; look < 600; look++) {
            look();
        }

        assertThat(windows).isEmpty();
    }

    @Test
    void whatAWindowBeganIsWaitedForToo() {
        least = MEBIBYTE;
        starve(Duration.ofSeconds(10));
        inFlight = windows.getLast().bytes() / REGION;
        windows.clear();
        for (int look = 0; look < 600; look++) {
            look();
        }

        assertThat(windows).isEmpty();
    }

    @Test
    void itIsNeededUntilTheEngineKeepsUpForAWhile() {
        least = MEBIBYTE;
        starve(Duration.ofSeconds(10));
        assertThat(governor.isNeeded(now)).isTrue();

        for (int look = 0; look < 70; look++) {
            hydrated += path / 2 / REGION;
            look();
        }

        assertThat(governor.isNeeded(now)).isFalse();
    }

    @Test
    void nothingIsOwedForATimeInWhichNothingShouldBeCopied() {
        starve(Duration.ofSeconds(10));
        windows.clear();
        governor.restart();
        now = now.plus(Duration.ofHours(1));

        for (int look = 0; look < 6; look++) {
            look();
        }

        assertThat(windows).isEmpty();
    }

    @Test
    void oneThatFailedIsTriedAgainSoon() {
        for (int look = 0; look < 60; look++) {
            governor.look(now, engine(), least, most, false, LONGEST).ifPresent(windows::add);
            now = now.plus(LOOK);
        }

        assertThat(windows).hasSizeBetween(4, 6);
    }

    private long bytes(long since) {
        return (hydrated - since) * REGION;
    }

    private void starve(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            look();
        }
    }

    /** Only a window has the engine copy anything; what it begins has arrived at the next look. */
    private void look() {
        Optional<Governor.Window> due = governor.look(now, engine(), least, most, false, LONGEST);
        if (due.isPresent()) {
            Governor.Window window = due.get();
            windows.add(window);
            hydrated += window.bytes() / REGION;
            if (window.measures()) {
                governor.measured(now, path);
            } else {
                Duration copies = Duration.ofNanos(Math.min(
                        window.bytes() * 1_000_000_000 / path, window.longest().toNanos()));
                held = held.plus(hold).plus(copies);
                governor.held(now, hold.plus(copies), path);
            }
        }
        Instant nextLook = now.plus(LOOK);
        do {
            now = now.plus(STEP);
        } while (now.isBefore(nextLook) && now.isBefore(governor.nextWindow(now, least, most)));
    }

    private CloneStatus.Working engine() {
        return new CloneStatus.Working(REGION / 512, hydrated, REGIONS, inFlight, true, 256, 64, false);
    }
}
