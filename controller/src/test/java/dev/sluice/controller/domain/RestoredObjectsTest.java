package dev.sluice.controller.domain;

import static dev.sluice.controller.domain.RecoveryWorld.SNAPSHOT;
import static dev.sluice.controller.domain.RecoveryWorld.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Regression;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import org.junit.jupiter.api.Test;

/** etcd is set back to an older state, and the nodes are as they are. */
class RestoredObjectsTest {
    private final RecoveryWorld world = new RecoveryWorld();

    private String answer(String node) {
        world.registry.attach(VOLUME, node, true);
        world.settle();
        return String.valueOf(world.operations.moves().answer(VOLUME, node).reason());
    }

    @Test
    void anObjectFromBeforeAMoveIsFrozenAndSaysWhichNodeHasWhat() {
        VolumeSpec before = world.spec();
        VolumeStatus status = world.volume().status();
        world.moveTo("n2");
        world.registry.exports.findAll().forEach(world.registry.exports::forget);
        world.restore(before, status);

        assertThat(world.reason()).isEqualTo(Regression.REASON);
        assertThat(answer("n3")).isEqualTo(Regression.REASON);
        assertThat(world.operations.moves().answer(VOLUME, "n3").message())
                .contains("node n2 has a copy of epoch 2")
                .contains("says node n1 and epoch 1");
        assertThat(world.place()).isEqualTo("n1@1");
        assertThat(world.spec().target()).isNull();
        assertThat(world.registry.nodes.isOpen(VOLUME, "n2", 2)).as("untouched").isTrue();
    }

    @Test
    void anOrderBringsItBackToTheCopyThatIsStillHydrating() {
        VolumeSpec before = world.spec();
        VolumeStatus status = world.volume().status();
        world.moveTo("n2");
        world.registry.exports.findAll().forEach(world.registry.exports::forget);
        world.restore(before, status);
        world.order("n1@1", "n2@2");

        assertThat(world.refusal()).isEmpty();
        assertThat(world.place()).isEqualTo("n2@2");
        assertThat(world.recovery().copies()).isEmpty();
        world.hydrate();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n2")).isTrue();
    }

    @Test
    void anOrderBringsItBackToTheCopyThatIsWhole() {
        VolumeSpec before = world.spec();
        VolumeStatus status = world.volume().status();
        world.moveTo("n2");
        world.hydrate();
        world.moveTo("n3");
        world.hydrate();
        world.restore(before, status);
        assertThat(world.reason()).isEqualTo(Regression.REASON);

        world.order("n1@1", SNAPSHOT);
        assertThat(world.refusal()).as("a later copy is there").contains("node n3 has a copy of epoch 3");
        world.order("n1@1", "n3@3");
        assertThat(world.place()).isEqualTo("n3@3");
        assertThat(world.reason()).isNull();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n3")).isTrue();
    }

    @Test
    void whatWasGivenUpToOneNodeIsNeverGivenUpToAnotherWhateverAnObjectSays() {
        VolumeSpec before = world.spec();
        VolumeStatus status = world.volume().status();
        world.moveTo("n2");
        world.registry.exports.findAll().forEach(world.registry.exports::forget);
        world.registry.deleteNode("n2");
        world.registry.attach(VOLUME, "n2", false);
        world.restore(before, status);

        assertThat(answer("n3")).isEqualTo(Regression.REASON);
        assertThat(world.place()).isEqualTo("n1@1");
    }

    @Test
    void anObjectFromWithinAMoveGoesOnWithThatMove() {
        world.registry.nodes.away.add("n1");
        world.moveTo("n2");
        VolumeSpec within = world.spec();
        VolumeStatus status = world.volume().status();
        assertThat(within.target()).isEqualTo("n2");
        world.registry.nodes.away.clear();
        world.settle();
        assertThat(world.place()).isEqualTo("n2@2");

        world.restore(within, status);
        assertThat(world.place()).isEqualTo("n2@2");
        world.hydrate();
        assertThat(world.registry.nodes.isOnlyOn(VOLUME, "n2")).isTrue();
    }

    @Test
    void anObjectThatIsWrittenAgainForTheWrongNodeMakesNothingThere() {
        VolumeSpec wrong = world.spec().recovered("n3", 1, null, null, dev.sluice.api.VolumeRecovery.of(world.spec()));
        world.registry.volumes.forget(world.volume());
        world.registry.volumes.create(VOLUME, wrong);
        world.settle();

        assertThat(world.reason()).isEqualTo(Regression.REASON);
        assertThat(world.registry.nodes.isOpen(VOLUME, "n3", 1)).isFalse();
        assertThat(world.registry.nodes.isOpen(VOLUME, "n1", 1)).isTrue();
    }
}
