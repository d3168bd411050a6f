package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.names.Names;
import dev.sluice.node.clone.PreparedTag;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.fake.FakeHost;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is made for a move before its old home agrees is nothing until it has, and leaves nothing when it does not. */
class PreparedCopiesTest {
    private static final String COPY = Names.copy(MoveStory.VOLUME, 2);

    @Test
    void itIsNoCopyUntilItIsShown() {
        MoveStory story = beforeTheMove();
        MoveStory.Stop next = story.stop(1);

        story.prepare(1, null);

        assertThat(next.host.leftovers()).containsExactlyInAnyOrder("lv " + COPY, "lv " + Names.metadataVolume(COPY));
        assertThat(next.stacks.inventory()).isEmpty();
        assertThat(next.stacks.isHere(MoveStory.VOLUME, 2)).isFalse();
        assertThat(next.prepared.volumes()).containsExactly(MoveStory.VOLUME);
        String uuid = data(next.host).uuid();

        story.leave(0);
        story.tell();

        story.verify();
        assertThat(data(next.host).uuid()).isEqualTo(uuid);
        assertThat(next.prepared.volumes()).isEmpty();
        assertThat(next.stacks.inventory()).hasSize(1);
    }

    @TestFactory
    List<DynamicTest> aMoveThatIsTakenBackLeavesNothing() {
        MoveStory rehearsal = beforeTheMove();
        rehearsal.prepare(1, null);
        rehearsal.stop(1).prepared.remove(MoveStory.VOLUME, 0);
        return Cuts.of("n2", rehearsal.stop(1).host.faults().journal(), cut -> {
            MoveStory story = beforeTheMove();
            MoveStory.Stop next = story.stop(1);
            cut.during(next.host, () -> {
                story.prepare(1, null);
                next.prepared.remove(MoveStory.VOLUME, 0);
            });

            next.prepared.remove(MoveStory.VOLUME, 0);

            assertThat(next.host.leftovers()).isEmpty();
        });
    }

    /** The volume was deleted, or is recovered elsewhere, when the old home had just agreed. */
    @Test
    void whatIsLoggedInGoesToo() {
        MoveStory story = beforeTheMove();
        story.leave(0);
        story.close(0);
        IscsiLogin login = story.serve(0);

        story.prepare(1, login);
        assertThat(story.stop(1).host.host().sessions().find(login.iqn())).isPresent();
        story.stop(1).prepared.remove(MoveStory.VOLUME, 0);

        assertThat(story.stop(1).host.leftovers()).isEmpty();
    }

    @Test
    void whatIsOfAnotherSizeIsMadeAnew() {
        MoveStory story = beforeTheMove();
        MoveStory.Stop next = story.stop(1);
        VolumeOrder order = story.order(1, null);
        Origin smaller = new Origin(OriginKind.NODE, "n1", "n1", null, MoveStory.SIZE / 2);
        next.prepared.prepare(new VolumeOrder(
                order.id(),
                order.spec().recovered(next.host.name(), 2, null, smaller, VolumeRecovery.of(order.spec())),
                null,
                null));
        String uuid = data(next.host).uuid();

        story.leave(0);
        story.tell();

        story.verify();
        assertThat(data(next.host).uuid()).isNotEqualTo(uuid);
    }

    /** It could be taken for a copy that was not shown yet: the order to remove what is prepared concerns nothing else. */
    @Test
    void aCopyThatPodsUseIsNotRemoved() {
        MoveStory story = beforeTheMove();
        story.leave(0);
        story.go();

        story.stop(1).prepared.remove(MoveStory.VOLUME, 0);

        story.tell();
        story.verify();
    }

    /** The one that comes begins from the one that is there. */
    @Test
    void nothingIsPreparedBesideAnOlderCopy() {
        MoveStory story = new MoveStory(List.of(0, 1, 0));
        story.bring(0);
        story.pod(0);
        story.leave(0);
        story.close(0);
        story.bring(1);
        story.pod(1);

        story.prepare(2, null);

        assertThat(story.stop(2).prepared.volumes()).isEmpty();
    }

    @Test
    void oneOfAnotherEpochGoesAndThatOfThisEpochStays() {
        MoveStory story = beforeTheMove();
        MoveStory.Stop next = story.stop(1);
        story.prepare(1, null);

        assertThat(next.prepared.isOther(MoveStory.VOLUME, 2)).isFalse();
        assertThat(next.prepared.isOther(MoveStory.VOLUME, 3)).isTrue();
        next.prepared.remove(MoveStory.VOLUME, 2);
        assertThat(PreparedTag.isOn(data(next.host))).isTrue();
        next.prepared.remove(MoveStory.VOLUME, 3);
        assertThat(next.host.leftovers()).isEmpty();
    }

    private static MoveStory beforeTheMove() {
        MoveStory story = new MoveStory(List.of(0, 1));
        story.bring(0);
        story.pod(0);
        return story;
    }

    private static LogicalVolume data(FakeHost host) {
        return host.host().logicalVolumes().find("data", COPY).orElseThrow();
    }
}
