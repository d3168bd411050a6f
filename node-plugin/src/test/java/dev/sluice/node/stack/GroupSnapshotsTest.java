package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GroupSnapshotsTest {
    private record Recovery(String name, Consumer<FakeHost> recover) {}

    private static final List<Recovery> RECOVERIES = List.of(
            new Recovery("plugin restarted", FakeHost::restartPlugin), new Recovery("power cut", FakeHost::powerCut));

    private final GroupStory story = new GroupStory();

    @Test
    void allAreOfOneInstantAndThePodGoesOn() {
        story.begin();

        var facts = story.take();

        assertThat(facts)
                .containsOnlyKeys(
                        Names.groupMemberId(GroupStory.GROUP, GroupStory.FIRST),
                        Names.groupMemberId(GroupStory.GROUP, GroupStory.SECOND));
        story.verify();
        assertThat(story.isHeld()).isFalse();
        assertThat(story.write()).isTrue();
        assertThat(story.take()).isEqualTo(facts);
    }

    @Test
    void noWriteIsAcknowledgedBetweenTheFirstSnapshotAndTheLast() {
        story.begin();
        List<Boolean> written = new ArrayList<>();
        story.machine.faults().meanwhile(() -> {
            if (!story.snapshots().isEmpty() && story.isHeld()) {
                written.add(story.write());
            }
        });

        story.take();

        assertThat(written).isNotEmpty().containsOnly(false);
    }

    @Test
    void whenTheTimeIsOverNothingIsKept() {
        story.begin();
        story.machine.faults().meanwhile(() -> {
            boolean late = story.snapshots().size() == 1;
            if (late) {
                story.machine.letPass(Duration.ofSeconds(30));
            }
            story.write();
        });

        assertThatThrownBy(story::take)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.HOST))
                .hasMessageContaining("within the 12 s");

        assertThat(story.snapshots()).isEmpty();
        assertThat(story.isHeld()).isFalse();
        story.machine.faults().meanwhile(story::write);
        story.take();
        story.verify();
    }

    @Test
    void oneThatCannotBeTakenLeavesNone() {
        story.begin();
        story.machine
                .faults()
                .failNext(
                        "LogicalVolumes.ensure data/" + Names.groupMemberId(GroupStory.GROUP, GroupStory.SECOND),
                        new SluiceException(ErrorKind.NO_SPACE, "full"));

        assertThatThrownBy(story::take)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.NO_SPACE));

        assertThat(story.snapshots()).isEmpty();
        assertThat(story.isHeld()).isFalse();
    }

    @Test
    void aDeviceThatIsNotHeldFreesTheOthers() {
        story.begin();
        story.machine
                .faults()
                .failNext(
                        "DeviceMapper.load " + Names.outerDevice(GroupStory.SECOND),
                        new SluiceException(ErrorKind.HOST, "no dm-delay"));

        assertThatThrownBy(story::take).hasMessageContaining("no dm-delay");

        assertThat(story.isHeld()).isFalse();
        assertThat(story.write()).isTrue();
    }

    @Test
    void writesPassWhenTheirTimeIsOverThoughNobodyIsThere() {
        story.begin();
        story.machine.faults().meanwhile(() -> {});
        var unused = story.holds.hold(List.of(GroupStory.FIRST, GroupStory.SECOND), Duration.ofSeconds(8));

        assertThat(story.write()).isFalse();
        story.machine.letPass(Duration.ofSeconds(8));

        assertThat(story.write()).isTrue();
        assertThat(unused.unbroken()).isFalse();
        story.bring();
        assertThat(story.isHeld()).isFalse();
    }

    @Test
    void aHoldThatWasLeftIsAlsoEndedWhenTheVolumeIsBroughtUp() {
        story.begin();
        var unused = story.holds.hold(List.of(GroupStory.FIRST), Duration.ofSeconds(8));

        story.stacks.bring(new VolumeOrder(GroupStory.FIRST, GroupStory.spec(), null, null));

        assertThat(unused.unbroken()).isFalse();
        assertThat(story.isHeld()).isFalse();
    }

    @TestFactory
    List<DynamicTest> isCutAnywhere() {
        GroupStory rehearsal = new GroupStory();
        rehearsal.begin();
        rehearsal.take();
        List<String> journal = rehearsal.machine.faults().journal();
        List<DynamicTest> tests = new ArrayList<>();
        for (int call = 1; call <= journal.size(); call++) {
            for (Recovery recovery : RECOVERIES) {
                for (boolean after : new boolean[] {false, true}) {
                    int n = call;
                    tests.add(DynamicTest.dynamicTest(
                            recovery.name() + (after ? " after " : " before ") + journal.get(call - 1),
                            () -> cutAndTakeAgain(n, after, recovery)));
                }
            }
        }
        return tests;
    }

    private static void cutAndTakeAgain(int call, boolean after, Recovery recovery) {
        GroupStory story = new GroupStory();
        story.begin();
        if (after) {
            story.machine.faults().cutAfter(call);
        } else {
            story.machine.faults().cutBefore(call);
        }
        assertThatThrownBy(story::take).isInstanceOf(PowerCut.class);
        recovery.recover().accept(story.machine);
        story.machine.faults().clear();
        story.bring();
        assertThat(story.isHeld()).isFalse();
        assertThat(story.write()).isTrue();
        var before = story.groups.find(story.group, "fast");

        var facts = story.take();

        before.ifPresent(complete -> assertThat(facts).isEqualTo(complete));
        story.verify();
        assertThat(story.isHeld()).isFalse();
        assertThat(story.snapshots()).hasSize(2);
        assertThat(story.take()).isEqualTo(facts);
    }
}
