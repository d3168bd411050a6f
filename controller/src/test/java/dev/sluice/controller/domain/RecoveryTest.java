package dev.sluice.controller.domain;

import static dev.sluice.controller.domain.RecoveryWorld.SNAPSHOT;
import static dev.sluice.controller.domain.RecoveryWorld.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.GivenUp;
import dev.sluice.api.LostCopy;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An administrator gives a lost copy up. The fake nodes fail a test that opens what is open elsewhere, or removes what is still read. */
class RecoveryTest {
    /** The volume has moved to n2, which is off for ever; a snapshot has stayed on n1. */
    private static RecoveryWorld lostOnSecond() {
        RecoveryWorld world = new RecoveryWorld();
        world.snapshot("n1");
        world.moveTo("n2");
        world.hydrate();
        world.powerOff("n2");
        return world;
    }

    @Test
    void theVolumeGoesOnWithASnapshotAndSaysForEverWhatWasGivenUp() {
        RecoveryWorld world = lostOnSecond();
        world.registry.attach(VOLUME, "n3", true);
        world.settle();
        assertThat(world.place()).as("nothing happens by itself").isEqualTo("n2@2");

        world.order("n2@2", SNAPSHOT);

        assertThat(world.refusal()).isEmpty();
        assertThat(world.recovery().hasOrder()).isFalse();
        assertThat(world.recovery().history())
                .containsExactly(new GivenUp(
                        "2026-01-01T00:00:00Z", "n2@2", SNAPSHOT, "2026-01-01T00:00:00Z", "an administrator", 3));
        assertThat(world.recovery().copies()).containsExactly(new LostCopy("n2", 2, 3, null));
        assertThat(world.place()).as("and follows its pod from there").isEqualTo("n3@4");
        assertThat(world.registry.nodes.isOpen(VOLUME, "n3", 4)).isTrue();
    }

    @Test
    void theLostCopyIsClosedWhenItsNodeIsBackAndGoesByOrderOnly() {
        RecoveryWorld world = lostOnSecond();
        world.order("n2@2", SNAPSHOT);
        assertThat(world.registry.nodes.isOpen(VOLUME, "n2", 2)).isTrue();
        world.discard("n2@2");
        assertThat(world.refusal()).contains("has it closed");

        world.powerOn("n2");
        assertThat(world.registry.nodes.isOpen(VOLUME, "n2", 2)).isFalse();
        assertThat(world.recovery().copies()).hasSize(1);

        world.discard("n2@2");
        assertThat(world.recovery().copies()).isEmpty();
        assertThat(world.recovery().history()).hasSize(1);
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n1")).isTrue();
    }

    @Test
    void aNodeIsNotEmptyAsLongAsItHasWhatWasGivenUp() {
        RecoveryWorld world = lostOnSecond();
        world.order("n2@2", SNAPSHOT);
        world.powerOn("n2");
        world.registry.setEvacuating("n2", true);
        Evacuations evacuations =
                new Evacuations(world.registry.asRegistry(), world.operations, List::of, 1, world.clock);

        assertThat(evacuations.advance("n2").message()).contains("given up by order and kept");
        world.discard("n2@2");
        assertThat(evacuations.advance("n2").message()).doesNotContain("given up");
    }

    @Test
    void theLostCopyGoesWithTheVolume() {
        RecoveryWorld world = lostOnSecond();
        world.order("n2@2", SNAPSHOT);
        world.registry.volumes.change(VOLUME, spec -> spec.withState(DesiredState.ABSENT));
        world.settle();
        assertThat(world.registry.volumes.findAll()).as("n2 is away").hasSize(1);

        world.powerOn("n2");
        assertThat(world.registry.volumes.findAll()).isEmpty();
    }

    @Test
    void aDeletedVolumeDoesNotWaitForANodeThatWasGivenUp() {
        RecoveryWorld world = lostOnSecond();
        world.order("n2@2", SNAPSHOT);
        world.registry.volumes.change(VOLUME, spec -> spec.withState(DesiredState.ABSENT));
        world.registry.deleteNode("n2");
        world.settle();
        assertThat(world.registry.volumes.findAll()).isEmpty();
    }

    @Test
    void anOrderIsRefusedOnceAndForAll() {
        RecoveryWorld world = new RecoveryWorld();
        world.snapshot("n1");
        world.moveTo("n2");
        world.hydrate();
        world.order("n2@2", SNAPSHOT);
        assertThat(world.refusal()).contains("n2 is alive").contains("nothing is lost");

        world.powerOff("n2");
        assertThat(world.place()).as("an order of before is not done").isEqualTo("n2@2");

        refused(world, "n2@1", SNAPSHOT, "the volume is on n2@2 now");
        refused(world, "n2@2", "anything", "must name a snapshot");
        refused(world, "n2@2", Names.snapshotId("none"), "there is no snapshot");
        refused(world, "n2@2", "n3@2", "has no copy of epoch 2");
        Volumes.create(world.operations, "other", "n1", Placement.FOLLOW);
        world.snapshot(Names.snapshotId("other"), Names.volumeId("other"), "n1");
        refused(world, "n2@2", Names.snapshotId("other"), "is of volume");
        world.order("n2@2", SNAPSHOT, " ");
        assertThat(world.refusal()).contains("must say who orders it");
        world.powerOff("n1");
        refused(world, "n2@2", SNAPSHOT, "n1, which has snapshot " + SNAPSHOT + ", is away");

        world.powerOn("n1");
        world.order("n2@2", SNAPSHOT);
        assertThat(world.refusal()).isEmpty();
        assertThat(world.place()).isEqualTo("n1@3");
        refused(world, "n2@2", SNAPSHOT, "the volume is on n1@3 now");
        assertThat(world.recovery().history()).hasSize(1);
    }

    private static void refused(RecoveryWorld world, String giveUp, String use, String why) {
        String place = world.place();
        world.order(giveUp, use);
        assertThat(world.refusal()).contains(why);
        assertThat(world.recovery().hasOrder()).isFalse();
        assertThat(world.place()).isEqualTo(place);
    }

    @Test
    void aPinnedVolumeCannotGoElsewhere() {
        RecoveryWorld world = new RecoveryWorld(Placement.PINNED, null);
        world.snapshot("n3");
        world.powerOff("n1");
        refused(world, "n1@1", SNAPSHOT, "is pinned");
    }

    @Test
    void aSnapshotBesideTheLostCopyIsLostToo() {
        RecoveryWorld world = new RecoveryWorld();
        world.snapshot("n1");
        world.registry.nodes.reimage("n1");
        world.settle();
        assertThat(world.reason()).isEqualTo("OriginUnavailable");
        refused(world, "n1@1", SNAPSHOT, "where the copy was lost");
    }

    @Test
    void aNodeThatWasInstalledAnewHasLostItsCopyAlthoughItIsAlive() {
        RecoveryWorld world = new RecoveryWorld();
        world.snapshot("n3");
        world.registry.nodes.reimage("n1");
        world.settle();
        assertThat(world.registry.nodes.isOpen(VOLUME, "n1", 1)).as("made anew").isFalse();
        assertThat(world.reason()).isEqualTo("OriginUnavailable");

        world.order("n1@1", SNAPSHOT);
        assertThat(world.place()).isEqualTo("n3@2");
        assertThat(world.recovery().copies()).as("n1 has none").isEmpty();
    }

    @Test
    void aCopyThatIsKeptAfterAMoveServesAsWell() {
        RecoveryWorld world = new RecoveryWorld(Placement.FOLLOW, 600L);
        world.moveTo("n2");
        world.hydrate();
        world.powerOff("n2");
        world.order("n2@2", "n1@1");

        assertThat(world.refusal()).isEmpty();
        assertThat(world.place()).isEqualTo("n1@3");
        assertThat(world.spec().origin()).satisfies(origin -> {
            assertThat(origin.kind()).isEqualTo(OriginKind.VOLUME);
            assertThat(origin.name()).isEqualTo(VOLUME);
            assertThat(origin.node()).isEqualTo("n1");
        });
        assertThat(world.registry.nodes.isOpen(VOLUME, "n1", 3)).isTrue();
    }

    @Test
    void aVolumeWhoseSourceIsLostIsGivenUpByItsHomeFirst() {
        RecoveryWorld world = new RecoveryWorld();
        world.snapshot("n3");
        world.moveTo("n2");
        world.powerOff("n1");
        refused(world, "n2@2", SNAPSHOT, "a pod on node n2 uses the volume");

        world.registry.attach(VOLUME, "n2", false);
        world.registry.nodes.away.add("n2");
        world.order("n2@2", SNAPSHOT);
        assertThat(world.place()).as("n2 has not answered").isEqualTo("n2@2");
        assertThat(world.recovery().hasOrder()).isTrue();

        world.registry.nodes.away.remove("n2");
        world.settle();
        assertThat(world.registry.nodes.isOpen(VOLUME, "n2", 2)).isFalse();
        assertThat(world.place()).isEqualTo("n3@3");

        world.powerOn("n1");
        assertThat(world.registry.exports.findAll())
                .as("n2's copy is of use only with n1's")
                .hasSize(1);
        world.discard("n2@2");
        assertThat(world.registry.exports.findAll()).isEmpty();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n3")).isTrue();
    }

    @Test
    void aMoveThatWaitsForTheLostHomeDoesNotHoldTheOrder() {
        RecoveryWorld world = new RecoveryWorld();
        world.snapshot("n3");
        world.powerOff("n1");
        world.moveTo("n2");
        assertThat(world.spec().target()).isEqualTo("n2");

        world.order("n1@1", SNAPSHOT);
        assertThat(world.recovery().copies()).containsExactly(new LostCopy("n1", 1, 3, null));
        assertThat(world.place()).as("from n3 to its pod").isEqualTo("n2@4");
        world.hydrate();

        world.powerOn("n1");
        assertThat(world.registry.nodes.isOpen(VOLUME, "n1", 1)).isFalse();
        assertThat(world.registry.exports.findAll()).isEmpty();
        assertThat(world.recovery().copies()).hasSize(1);
    }

    @Test
    void aCrashAfterAnyWriteChangesNothingInTheEnd() {
        String expected = toTheEnd(100);
        for (int writes = 0; writes < 12; writes++) {
            assertThat(toTheEnd(writes)).as("crash after %d writes", writes).isEqualTo(expected);
        }
    }

    private static String toTheEnd(int writes) {
        RecoveryWorld world = lostOnSecond();
        world.registry.attach(VOLUME, "n3", true);
        world.registry.crashAfter(writes);
        List<Runnable> chapters =
                List.of(() -> world.order("n2@2", SNAPSHOT), () -> world.powerOn("n2"), () -> world.discard("n2@2"));
        for (Runnable chapter : chapters) {
            try {
                chapter.run();
            } catch (Crash crash) {
                world.registry.crashAfter(Integer.MAX_VALUE);
                if (world.recovery().history().isEmpty()
                        || !world.recovery().copies().isEmpty()) {
                    chapter.run();
                }
            }
            world.settle();
        }
        return world.place() + world.recovery().copies() + world.recovery().history();
    }
}
