package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationPhase;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A pod always has I/O in flight, so that the engine begins nothing by itself. */
class CopyWindowTest {
    private static final String OUTER = Names.outerDevice(CloneStory.CLONE);
    private static final String ENGINE = Names.cloneDevice(CloneStory.CLONE);
    private static final int SOME = 8;
    private static final Duration LONGEST = Duration.ofMillis(50);
    private static final int ALL = 1000;

    private final CloneStory story = starved();
    private final CopyWindow window = window(story);

    private static CloneStory starved() {
        CloneStory story = new CloneStory(CloneStory.SIZE);
        story.source();
        story.bring();
        story.pod();
        story.home.host().deviceMapper().message(ENGINE, "enable_hydration");
        story.home.keepBusy(OUTER, true);
        story.home.faults().clear();
        return story;
    }

    private static CopyWindow window(CloneStory story) {
        return new CopyWindow(story.home.host(), story.stacks, CloneStory.CLONE, 1, story.home::nanoTime);
    }

    @Test
    void whatDoesNotArriveInItGoesOnBesideThePodsRequests() {
        onEachLook(() -> story.home.letPass(Duration.ofMillis(5)));

        assertThat(story.home.hydrate(ENGINE, ALL)).as("begun without a window").isZero();

        CopyWindow.Seen seen = window.open(SOME, LONGEST).orElseThrow();

        assertThat(seen.held()).isLessThan(Duration.ofMillis(80));
        assertThat(seen.delayed()).as("requests of the pod").isOne();
        assertThat(story.home.faults().journal())
                .containsExactly(
                        "Pauses.hold " + OUTER,
                        "DeviceMapper.message " + ENGINE + " hydration_threshold " + SOME,
                        "DeviceMapper.message " + ENGINE + " disable_hydration",
                        "Pauses.resume " + OUTER,
                        "DeviceMapper.message " + ENGINE + " enable_hydration");
        assertThat(isHeld()).isFalse();
        assertThat(engine().hydrating()).isEqualTo(SOME);
        assertThat(story.home.hydrate(ENGINE, ALL)).as("what was begun arrives").isEqualTo(SOME);
    }

    @Test
    void itLastsUntilTheCopiesHaveArrived() {
        int[] looks = {0};
        onEachLook(() -> {
            story.home.letPass(Duration.ofMillis(5));
            if (++looks[0] == 6) {
                story.home.hydrate(ENGINE, SOME);
            }
        });

        CopyWindow.Seen seen = window.open(SOME, LONGEST).orElseThrow();

        assertThat(seen.arrived()).isEqualTo(SOME);
        assertThat(seen.copied()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void nothingMoreIsBegunForWhatArrives() {
        int[] looks = {0};
        onEachLook(() -> {
            story.home.letPass(Duration.ofMillis(5));
            if (++looks[0] >= 6) {
                story.home.hydrate(ENGINE, ALL);
            }
        });

        CopyWindow.Seen seen = window.open(SOME, LONGEST).orElseThrow();

        assertThat(seen.arrived()).isEqualTo(SOME);
        assertThat(engine().hydrating()).isZero();
        assertThat(engine().hydrationEnabled()).as("beside the pod as before").isTrue();
    }

    @Test
    void itEndsWhenNothingArrives() {
        onEachLook(() -> story.home.letPass(Duration.ofMillis(5)));

        CopyWindow.Seen seen = window.open(SOME, LONGEST).orElseThrow();

        assertThat(seen.arrived()).isZero();
        assertThat(seen.held()).isBetween(Duration.ofMillis(50), Duration.ofMillis(80));
        assertThat(isHeld()).isFalse();
    }

    @Test
    void theDeadlineEndsItWhateverItWaitsFor() {
        story.home.faults().before("DeviceMapper.message", story.home::endPause);
        onEachLook(() -> story.home.letPass(Duration.ofMillis(5)));

        window.open(SOME, LONGEST);

        assertThat(isHeld()).isFalse();
    }

    @Test
    void noneWhileAnythingElseChangesTheVolume() {
        Optional<CopyWindow.Seen> seen =
                story.stacks.lockedAll(List.of(CloneStory.CLONE), () -> window.open(SOME, LONGEST));

        assertThat(seen).isEmpty();
        assertThat(story.home.faults().journal()).isEmpty();
    }

    @Test
    void whatSomeoneElseHasSuspendedIsNotResumed() {
        story.home.suspend(OUTER);

        assertThat(window.open(SOME, LONGEST)).isEmpty();
        assertThat(isHeld()).isTrue();
        assertThat(story.home.faults().journal()).isEmpty();
    }

    @Test
    void anEngineThatIsOffCopiesInItOnly() {
        story.home.host().deviceMapper().message(ENGINE, "disable_hydration");
        story.home.faults().clear();
        onEachLook(() -> story.home.letPass(Duration.ofMillis(5)));

        assertThat(window.open(SOME, LONGEST)).isPresent();

        assertThat(story.home.faults().journal())
                .containsExactly(
                        "DeviceRanges.letDiscards " + device(OUTER).path() + " false",
                        "DeviceRanges.letDiscards " + device(ENGINE).path() + " false",
                        "Pauses.hold " + OUTER,
                        "DeviceMapper.message " + ENGINE + " enable_hydration",
                        "DeviceMapper.message " + ENGINE + " hydration_threshold " + SOME,
                        "DeviceMapper.message " + ENGINE + " disable_hydration",
                        "Pauses.resume " + OUTER);
        assertThat(engine().hydrationEnabled()).isFalse();
        assertThat(engine().hydrating()).isEqualTo(SOME);
    }

    @Test
    void noneWhenTheOriginDoesNotAnswer() {
        story.network.cut(story.origin, story.home);

        assertThatThrownBy(() -> window.open(SOME, LONGEST)).isInstanceOf(SluiceException.class);

        assertThat(story.home.faults().journal()).isEmpty();
    }

    @Test
    void noneForAnEngineThatLostItsMetadata() {
        story.home.breakMetadata(ENGINE);

        assertThatThrownBy(() -> window.open(SOME, LONGEST))
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.UNAVAILABLE));

        assertThat(story.home.faults().journal()).isEmpty();
    }

    @Test
    void aFailureInItLetsThePodGoOn() {
        story.home.faults().failNext("DeviceMapper.message", new SluiceException(ErrorKind.HOST, "no message today"));

        assertThatThrownBy(() -> window.open(SOME, LONGEST)).hasMessage("no message today");

        assertThat(isHeld()).isFalse();
    }

    private record Recovery(String name, Consumer<FakeHost> recover) {}

    @TestFactory
    List<DynamicTest> cutAnywhereInIt() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Recovery recovery : List.of(
                new Recovery("plugin restarted", FakeHost::restartPlugin),
                new Recovery("power cut", FakeHost::powerCut))) {
            for (int call = 1; call <= 5; call++) {
                for (boolean after : new boolean[] {false, true}) {
                    int n = call;
                    tests.add(DynamicTest.dynamicTest(
                            recovery.name() + (after ? " after " : " before ") + call, () -> cut(n, after, recovery)));
                }
            }
        }
        return tests;
    }

    private static void cut(int call, boolean after, Recovery recovery) {
        CloneStory story = starved();
        story.home.arriveAtOnce(ENGINE, true);
        if (after) {
            story.home.faults().cutAfter(call);
        } else {
            story.home.faults().cutBefore(call);
        }
        assertThatThrownBy(() -> window(story).open(SOME, LONGEST)).isInstanceOf(PowerCut.class);
        recovery.recover().accept(story.home);
        story.home.faults().clear();

        // What every start begins with.
        story.home.host().pauses().sweep();

        assertThat(story.home.host().deviceMapper().find(OUTER).filter(device -> device.suspended()))
                .isEmpty();
        story.home.host().deviceMapper().find(OUTER).ifPresent(device -> story.home.keepBusy(OUTER, false));
        assertThat(story.tell().phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    private void onEachLook(Runnable event) {
        for (int look = 0; look < 100; look++) {
            story.home.faults().before("DeviceMapper.status " + ENGINE, event);
        }
    }

    private boolean isHeld() {
        return story.home.host().deviceMapper().find(OUTER).orElseThrow().suspended();
    }

    private BlockDevice device(String name) {
        return story.home.host().deviceMapper().find(name).orElseThrow().device();
    }

    private CloneStatus.Working engine() {
        return (CloneStatus.Working)
                CloneStatus.parse(story.home.host().deviceMapper().status(ENGINE, false));
    }
}
