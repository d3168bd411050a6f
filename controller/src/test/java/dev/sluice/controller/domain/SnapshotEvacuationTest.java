package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Encryption;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.fake.FakeRegistry.Crash;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Snapshots on nodes that are emptied. The fake nodes fail a test when one goes that is read, or is the only one. */
class SnapshotEvacuationTest {
    private static final int MORE_THAN_ALL_WRITES = 60;
    private static final String SNAPSHOT = Names.snapshotId("kept");
    private static final Deadline SOON = Deadline.in(Duration.ofSeconds(1));

    @Test
    void aSnapshotIsCopiedThenItsHomeChangesThenWhatItLeftGoes() {
        EvacuationWorld world = copying("n1", "n2", "n3");
        String target = target(world);
        assertThat(spec(world).node()).as("until the copy is whole").isEqualTo("n1");
        Evacuation copying = world.look();
        assertThat(copying.reason()).isEqualTo("Moving");
        assertThat(copying.message())
                .contains("moving: " + SNAPSHOT + " of apps/data (to node " + target)
                .contains(EvacuationWorld.GIB + " bytes remain");
        assertThat(world.registry.hydrations.find("sluice-system/" + SNAPSHOT))
                .as("its progress")
                .isPresent();
        assertThat(world.operations.queries().list(new Page.Request(0, "")).entries())
                .as("nobody asked for what copies it")
                .extracting(Stored::key)
                .containsExactly(Names.volumeId("data"));

        world.registry.nodes.away.add("n1");
        world.hydrateAll();
        assertThat(spec(world).node()).isEqualTo(target);
        assertThat(world.look().message()).contains("what is left here of " + SNAPSHOT);
        world.registry.nodes.away.clear();
        world.settle();

        assertThat(world.look().done()).isTrue();
        requireOnlyOn(world, spec(world).node());
        SnapshotStatus status = Objects.requireNonNull(
                world.registry.snapshots.find(SNAPSHOT).orElseThrow().status());
        assertThat(status.sizeBytes()).isEqualTo(EvacuationWorld.GIB);
        assertThat(world.registry.hydrations.findAll())
                .noneMatch(each -> each.key().endsWith(SNAPSHOT));
    }

    /** Of a volume that follows, so that the snapshot's source goes too. */
    private static EvacuationWorld copying(String... nodes) {
        EvacuationWorld world = new EvacuationWorld(nodes);
        String volume = world.volume("data");
        world.snapshot("kept", volume);
        world.evacuate(true);
        world.begin();
        return world;
    }

    private static SnapshotSpec spec(EvacuationWorld world) {
        return world.registry.snapshots.find(SNAPSHOT).orElseThrow().spec();
    }

    private static String target(EvacuationWorld world) {
        return Objects.requireNonNull(spec(world).target(), "it is being copied");
    }

    /** The node that a volume reads from. */
    private static String origin(EvacuationWorld world, String volume) {
        return Objects.requireNonNull(world.spec(volume).origin()).node();
    }

    private static void requireOnlyOn(EvacuationWorld world, String... nodes) {
        assertThat(world.registry.nodes.nodesOf(SNAPSHOT)).containsExactly(nodes);
        assertThat(world.registry.volumes.findAll())
                .as("what copied it is gone")
                .noneMatch(each -> each.spec().isSnapshotCopy(each.key()));
        assertThat(world.registry.exports.findAll())
                .noneMatch(each -> each.spec().source().equals(SNAPSHOT));
    }

    @Test
    void aCrashAfterAnyWriteChangesNothingInTheEnd() {
        String expected = live(MORE_THAN_ALL_WRITES);
        for (int writes = 0; writes < MORE_THAN_ALL_WRITES; writes++) {
            assertThat(live(writes)).as("crash after %d writes", writes).isEqualTo(expected);
        }
    }

    private static String live(int writes) {
        EvacuationWorld world = new EvacuationWorld("n1", "n2");
        world.snapshot("kept", world.volume("pinned", "n1", EvacuationWorld.GIB, Placement.PINNED));
        world.snapshot("other", Names.volumeId("pinned"));
        world.evacuate(true);
        world.registry.crashAfter(writes);
        for (int round = 0; round < 3; round++) {
            surviving(world, world::look);
            surviving(world, world::hydrateAll);
        }
        assertThat(spec(world).node()).isEqualTo("n2");
        requireOnlyOn(world, "n2");
        return world.registry.endState();
    }

    private static void surviving(EvacuationWorld world, Runnable action) {
        try {
            action.run();
        } catch (Crash crash) {
            world.registry.crashAfter(Integer.MAX_VALUE);
            world.evacuations = world.evacuations();
            world.settle();
            action.run();
        }
    }

    @Test
    void anEvacuationThatEndsTakesTheCopyBackAndOneThatBeginsAgainCopiesAnew() {
        EvacuationWorld world = copying("n1", "n2");
        world.evacuate(false);
        world.settle();

        assertThat(spec(world).target()).isNull();
        assertThat(spec(world).node()).isEqualTo("n1");
        requireOnlyOn(world, "n1");

        world.evacuate(true);
        world.look();
        world.hydrateAll();
        assertThat(spec(world).node()).isEqualTo("n2");
        world.look();
        requireOnlyOn(world, "n2");
    }

    @Test
    void aTargetThatDiesIsReplacedAndCleanedWhenItIsBack() {
        EvacuationWorld world = copying("n1", "n2", "n3");
        String dead = target(world);
        String other = dead.equals("n2") ? "n3" : "n2";
        world.registry.nodes.away.add(dead);
        world.registry.setAlive(dead, false);
        world.settle();
        world.look();
        assertThat(spec(world).target()).isEqualTo(other);

        world.hydrateAll();
        assertThat(spec(world).node()).isEqualTo(other);
        assertThat(world.look().message())
                .as("what is left waits for the dead node to let go, and is needed by nobody")
                .doesNotContain(SNAPSHOT);
        assertThat(world.registry.nodes.nodesOf(SNAPSHOT)).containsExactlyInAnyOrder("n1", other);

        world.registry.nodes.away.clear();
        world.registry.setAlive(dead, true);
        world.settle();
        requireOnlyOn(world, other);
    }

    @Test
    void aTargetThatIsGivenUpForEverIsForgotten() {
        EvacuationWorld world = copying("n1", "n2", "n3");
        String dead = target(world);
        world.registry.nodes.away.add(dead);
        world.registry.deleteNode(dead);
        world.settle();
        world.look();
        world.hydrateAll();
        world.settle();
        requireOnlyOn(world, spec(world).node());
    }

    @Test
    void aSnapshotThatIsDeletedInTheMiddleTakesItsCopyWithIt() {
        EvacuationWorld world = copying("n1", "n2");
        assertThatThrownBy(() -> world.operations.snapshots().delete(SNAPSHOT, SOON))
                .as("while the copy has it open")
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.STILL_WORKING));
        world.settle();
        world.operations.snapshots().delete(SNAPSHOT, SOON);
        assertThat(world.registry.snapshots.find(SNAPSHOT)).isEmpty();
        requireOnlyOn(world);
    }

    @Test
    void aSnapshotThatIsDeletedAfterItsMoveTakesWhatItLeftWithIt() {
        for (String away : List.of("n1", "n2")) {
            EvacuationWorld world = copying("n1", "n2");
            world.registry.nodes.away.add("n1");
            world.registry.nodes.hydrate(Names.snapshotCopy(SNAPSHOT, "n2"));
            world.registry.nodes.away.add(away);
            world.operations.snapshots().advance(SNAPSHOT);
            assertThat(spec(world).node()).isEqualTo("n2");

            world.registry.snapshots.change(SNAPSHOT, spec -> spec.withState(DesiredState.ABSENT));
            world.settle();
            assertThat(world.registry.snapshots.find(SNAPSHOT)).isPresent();
            world.registry.nodes.away.clear();
            world.settle();
            assertThat(world.registry.snapshots.find(SNAPSHOT)).isEmpty();
            requireOnlyOn(world);
        }
    }

    @Test
    void whatIsReadWhereItWasIsReadThereToTheEndAndNewReadersGoToTheNewHome() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        String volume = world.volume("pinned", "n1", EvacuationWorld.GIB, Placement.PINNED);
        world.snapshot("kept", volume);
        restore(world, "early", "n3");
        world.evacuate(true);
        world.begin();
        String target = target(world);
        world.registry.nodes.hydrate(Names.snapshotCopy(SNAPSHOT, target));
        world.settle();
        assertThat(spec(world).node()).isEqualTo(target);
        assertThat(world.registry.nodes.nodesOf(SNAPSHOT)).contains("n1", target);
        assertThat(world.look().message())
                .contains("still read by copies on other nodes: " + Names.volumeId("early"))
                .contains("what is left here of " + SNAPSHOT);

        restore(world, "late", "n3");
        assertThat(origin(world, Names.volumeId("late"))).isEqualTo(target);
        assertThat(origin(world, Names.volumeId("early"))).isEqualTo("n1");

        world.registry.nodes.hydrate(Names.volumeId("early"));
        world.settle();
        world.look();
        assertThat(world.registry.nodes.nodesOf(SNAPSHOT)).containsExactly(target);
        assertThatThrownBy(() -> world.operations.snapshots().delete(SNAPSHOT, SOON))
                .hasMessageContaining("still feeds volume " + Names.volumeId("late"));
    }

    private static void restore(EvacuationWorld world, String name, String node) {
        Volumes.create(
                world.operations,
                name,
                node,
                Placement.PINNED,
                new Source.Reference(OriginKind.SNAPSHOT, SNAPSHOT),
                null);
    }

    @Test
    void aRestoreThatChoseTheOldHomeBeforeTheSnapshotLeftItIsMadeAnew() {
        EvacuationWorld world = copying("n1", "n2", "n3");
        world.registry.nodes.away.addAll(List.of("n1", "n3"));
        String id = Names.volumeId("restored");
        assertThatThrownBy(() -> Volumes.create(
                        world.operations,
                        "restored",
                        "n3",
                        Placement.PINNED,
                        new Source.Reference(OriginKind.SNAPSHOT, SNAPSHOT),
                        null))
                .isInstanceOf(SluiceException.class);
        assertThat(origin(world, id)).isEqualTo("n1");
        world.registry.nodes.hydrate(Names.snapshotCopy(SNAPSHOT, target(world)));
        world.registry.nodes.away.remove("n1");
        world.settle();

        assertThatThrownBy(() -> restore(world, "restored", "n3"))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BUSY))
                .hasMessageContaining("has left node n1");
        world.registry.nodes.away.clear();
        world.settle();
        restore(world, "restored", "n3");
        assertThat(origin(world, id)).isEqualTo(spec(world).node());
    }

    @Test
    void snapshotsAndVolumesShareTheLimitAndTheRoom() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3", "n4");
        IntStream.range(0, 6).forEach(each -> world.volume("v" + each));
        String pinned = world.volume("pinned", "n1", EvacuationWorld.GIB, Placement.PINNED);
        IntStream.range(0, 5).forEach(each -> world.snapshot("s" + each, pinned));
        world.evacuate(true);
        world.begin();
        assertThat(targets(world)).as("five, and three volumes").isEqualTo(5);
        assertThat(world.homes().stream().filter("n1"::equals)).hasSize(6 - 3 + 1);

        EvacuationWorld narrow = new EvacuationWorld("n1");
        narrow.registry.addNode("n2", 4 * EvacuationWorld.GIB, "True", "dm-clone");
        String source = narrow.volume("pinned", "n1", EvacuationWorld.GIB, Placement.PINNED);
        IntStream.range(0, 3).forEach(each -> narrow.snapshot("s" + each, source));
        narrow.evacuate(true);
        narrow.begin();
        assertThat(targets(narrow)).as("of 4 GiB 2 are kept free").isEqualTo(2);
        assertThat(narrow.look().message()).contains("no other node can take: s-");
    }

    private static long targets(EvacuationWorld world) {
        return world.registry.snapshots.findAll().stream()
                .filter(each -> each.spec().target() != null)
                .count();
    }

    @Test
    void aTargetThatTurnsOutToBeFullIsGivenUp() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2");
        world.snapshot("kept", world.volume("pinned", "n1", EvacuationWorld.GIB, Placement.PINNED));
        world.registry.nodes.full.add("n2");
        world.evacuate(true);
        world.begin();
        assertThat(spec(world).target()).isNull();
        world.registry.nodes.full.clear();
        world.look();
        world.hydrateAll();
        assertThat(spec(world).node()).isEqualTo("n2");
    }

    @Test
    void aSnapshotMovesOnAndBackToWhereItWas() {
        EvacuationWorld world = copying("n1", "n2");
        world.hydrateAll();
        world.look();
        world.evacuate(false);
        assertThat(spec(world).node()).isEqualTo("n2");

        world.evacuate("n2", true);
        world.look("n2");
        world.look("n2");
        world.hydrateAll();
        world.look("n2");
        assertThat(spec(world).node()).isEqualTo("n1");
        assertThat(spec(world).epoch()).isEqualTo(3);
        requireOnlyOn(world, "n1");
    }

    @Test
    void aNodeThatIsItselfEmptiedIsNoTargetAnyMore() {
        EvacuationWorld world = copying("n1", "n2", "n3");
        String target = target(world);
        world.evacuate(target, true);
        world.settle();
        assertThat(world.look(target).message()).doesNotContain("pinned");
        world.look();
        assertThat(spec(world).target()).isNotNull().isNotEqualTo(target);
    }

    @Test
    void aSnapshotThatIsNotWholeWaitsByName() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2", "n3");
        String source = world.volume("source", "n2", EvacuationWorld.GIB, Placement.PINNED);
        Volumes.create(
                world.operations,
                "clone",
                "n1",
                Placement.PINNED,
                new Source.Reference(OriginKind.VOLUME, source),
                null);
        world.snapshot("kept", Names.volumeId("clone"));
        world.evacuate(true);
        world.begin();
        assertThat(spec(world).target()).isNull();
        assertThat(world.look().message()).contains(SNAPSHOT + " of " + Names.volumeId("clone"));

        world.registry.nodes.hydrateSnapshot(SNAPSHOT);
        world.settle();
        world.look();
        assertThat(spec(world).target()).isNotNull();
        world.hydrateAll();
        assertThat(spec(world).feed()).as("it needs that no more").isNull();
    }

    @Test
    void membersOfAGroupMoveOneByOneAndAreDeletedTogether() {
        EvacuationWorld world = new EvacuationWorld("n1", "n2");
        List<String> volumes = List.of(world.volume("a"), world.volume("b"));
        var group = world.operations.groupSnapshots().create("group", volumes, SOON);
        world.evacuate(true);
        world.begin();
        String first = group.members().getFirst().key();
        world.registry.nodes.hydrate(Names.snapshotCopy(first, "n2"));
        world.settle();
        List<String> ids = group.members().stream().map(Stored::key).toList();
        assertThat(world.operations.groupSnapshots().get(group.id(), ids).ready())
                .isTrue();
        assertThat(world.operations
                        .groupSnapshots()
                        .create("group", volumes, SOON)
                        .ready())
                .isTrue();

        world.hydrateAll();
        world.look();
        assertThat(world.look().done()).isTrue();
        world.operations.groupSnapshots().delete(group.id(), ids, SOON);
        world.settle();
        assertThat(world.registry.snapshots.findAll()).isEmpty();
        assertThat(ids)
                .allSatisfy(id -> assertThat(world.registry.nodes.nodesOf(id)).isEmpty());
    }

    @Test
    void anEncryptedSnapshotGoesAsItIsToANodeThatCanOpenWhatIsRestored() {
        EvacuationWorld world = new EvacuationWorld("n1", "n3");
        world.registry.addNodeWithoutEncryption("n2");
        String volume = world.volume("pinned", "n1", EvacuationWorld.GIB, Placement.PINNED);
        world.registry.snapshots.create(
                SNAPSHOT,
                new SnapshotSpec(
                        "kept",
                        volume,
                        "n1",
                        "fast",
                        false,
                        null,
                        DesiredState.PRESENT,
                        null,
                        5L << 20,
                        VolumeMode.FILESYSTEM,
                        "xfs",
                        new Encryption(true),
                        null));
        world.nodesAct();
        world.evacuate(true);
        world.begin();
        assertThat(spec(world).target()).isEqualTo("n3");
        VolumeSpec copy = world.spec(Names.snapshotCopy(SNAPSHOT, "n3"));
        assertThat(copy.encryption()).isEqualTo(spec(world).encryption());
        assertThat(copy.sizeBytes()).as("without its header").isEqualTo(EvacuationWorld.GIB);
        assertThat(copy.hydration().maxBytesPerSecond()).isEqualTo(5L << 20);

        world.hydrateAll();
        SnapshotSpec moved = spec(world);
        assertThat(moved.node()).isEqualTo("n3");
        assertThat(List.of(moved.fsType(), moved.mode(), moved.encryption(), moved.sourceVolume()))
                .as("what restores need")
                .containsExactly("xfs", VolumeMode.FILESYSTEM, new Encryption(true), volume);
    }
}
