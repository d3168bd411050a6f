package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A volume that returns to a node copies what changed since, and shows what its pods wrote, byte for byte, at every moment. */
class ReturnHomeTest {
    private static final long REGIONS = MoveStory.SIZE / (64L << 10);

    @Test
    void onlyWhatChangedIsCopied() {
        MoveStory story = new MoveStory(List.of(0, 1)).retaining();
        story.go();
        story.settle();
        story.andTo(0);
        story.go();
        story.settle();

        story.verifyContent();
        // The pod on the other node and this one wrote fifty blocks each, and one at the end.
        assertThat(story.reusedRegions(2)).isBetween(REGIONS - 16, REGIONS - 4);
        story.end();
        story.verify();
    }

    @Test
    void beforeItIsHydratedToo() {
        MoveStory story = new MoveStory(List.of(0, 1, 0));
        story.tell();

        assertThat(story.reusedRegions(2)).isBetween(REGIONS - 16, REGIONS - 4);
        story.verify();
    }

    /** Equal ciphertext is equal plaintext: what both nodes hash is below the LUKS layer, of which neither needs the key. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anEncryptedVolumeToo(long seed) {
        MoveStory story = new MoveStory(List.of(0, 1, 0)).encrypted().writing(writes(seed));
        story.tell();

        assertThat(story.reusedRegions(2)).isPositive();
        story.verify();
    }

    @Test
    void allOfItWhereHashesAreNotOffered() {
        MoveStory story = new MoveStory(List.of(0, 1, 0)).writing(writes(1)).withoutDigests();
        story.tell();

        assertThat(story.reusedRegions(2)).isZero();
        story.verify();
    }

    @Test
    void allOfItWhereTheHashesAreOfAnotherExport() {
        MoveStory story = new MoveStory(List.of(0, 1, 0)).writing(writes(2)).mistaken();
        story.tell();

        assertThat(story.reusedRegions(2)).isZero();
        story.verify();
    }

    /** Each page proves itself. */
    @Test
    void allOfItWhereTheHashesWereDamaged() {
        MoveStory story = new MoveStory(List.of(0, 1, 0)).writing(writes(3));
        story.go();
        story.damageDigests(1);
        story.settle();

        assertThat(story.reusedRegions(2)).isZero();
        story.verify();
    }

    /** The end of a copy that is under way would overwrite what the pod writes after the mark. */
    @Test
    void nothingIsMarkedWhileACopyIsUnderWay() {
        MoveStory story = new MoveStory(List.of(0, 1, 0));
        story.go();
        MoveStory.Stop home = story.stop(2);
        String engine = Names.cloneDevice(home.copy());
        for (String message : List.of("enable_hydration", "hydration_threshold 8", "disable_hydration")) {
            home.host.host().deviceMapper().message(engine, message);
        }
        IscsiLogin login = story.serve(1);
        story.order(2, login);
        story.stop(1).digests.work();
        Reuse reuse = new Reuse(home.host.host(), home.stacks, MoveStory.VOLUME, 3, Instant.EPOCH, System::nanoTime);

        reuse.step(story.order(2, login), Instant.EPOCH);
        assertThat(reuse.isPending()).isTrue();
        assertThat(home.host.faults().journal()).noneMatch(call -> call.startsWith("DeviceRanges.discard"));

        home.host.hydrate(engine, 8);
        reuse.step(story.order(2, login), Instant.EPOCH);
        assertThat(reuse.isPending()).isFalse();
        assertThat(reuse.regions()).isBetween(REGIONS - 20, REGIONS - 8);
        story.tell();
        story.verify();
    }

    /** The same bytes are beneath it. */
    @Test
    void aCopyOfAVolumeThatHasReturnedLetsNoDiscardPassEither() {
        MoveStory story = new MoveStory(List.of(0, 1, 0));
        story.go();
        MoveStory.Stop home = story.stop(2);
        String snapshot = Names.snapshotId("copy");
        home.stacks.takeInUse(
                new PoolSettings("fast", "data", "sluice"), MoveStory.VOLUME, snapshot, 1, true, Set.of());

        assertThat(home.host
                        .host()
                        .logicalVolumes()
                        .find("data", snapshot)
                        .orElseThrow()
                        .tags())
                .contains("sluice.older-copy=" + MoveStory.VOLUME, "sluice.reused-regions=0");
        assertThatThrownBy(() -> home.host.discard(home.stacks.device(MoveStory.VOLUME), 160, 64))
                .hasMessageContaining("not supported");
    }

    /** A new outer table would let discards pass for a moment. */
    @Test
    void itGrowsWhenItIsHydrated() {
        MoveStory story = new MoveStory(List.of(0, 1, 0));
        story.go();
        MoveStory.Stop home = story.stop(2);
        LogicalVolume data =
                home.host.host().logicalVolumes().find("data", home.copy()).orElseThrow();
        home.host.host().logicalVolumes().extend(data, 2 * MoveStory.SIZE);

        assertThat(story.bring(2).sizeBytes()).isEqualTo(MoveStory.SIZE);
        assertThatThrownBy(() -> home.host.discard(home.stacks.device(MoveStory.VOLUME), 160, 64))
                .hasMessageContaining("not supported");
        story.settle();
        assertThat(story.bring(2).sizeBytes()).isEqualTo(2 * MoveStory.SIZE);
        home.host.discard(home.stacks.device(MoveStory.VOLUME), 16, 16);
    }

    /** Smaller than what is hashed at once, and larger; not a multiple of the thin pool's chunk. */
    @ParameterizedTest
    @ValueSource(longs = {4096, 16384, 262144, 1048576})
    void inRegionsOfAnySize(long regionBytes) {
        MoveStory story =
                new MoveStory(List.of(0, 1, 0)).inRegionsOf(regionBytes).writing(writes(regionBytes));
        story.tell();

        story.verify();
    }

    @ParameterizedTest
    @CsvSource({"1,65536", "2,65536", "3,65536", "4,65536", "5,4096", "6,4096", "7,262144", "8,1048576"})
    void thereAndBackAgainAndAgainUnderWritesWithCutsInBetween(long seed, long regionBytes) {
        Random random = new Random(seed);
        PodWrites writes = writes(seed);
        MoveStory story = new MoveStory(List.of(0, 1))
                .retaining()
                .inRegionsOf(regionBytes)
                .writing(writes);
        long reused = 0;
        for (int move = 0; move < 24; move++) {
            if (move > 0) {
                int at = story.at();
                story.andTo(at != 2 && random.nextInt(5) == 0 ? 2 : at == 0 ? 1 : 0);
            }
            boolean end = random.nextInt(3) > 0 || move % 4 == 3;
            FakeHost cut = story.hosts().get(random.nextInt(story.hosts().size()));
            if (random.nextBoolean()) {
                cut.faults().cutBefore(1 + random.nextInt(120));
            }
            try {
                advance(story, end);
            } catch (PowerCut expected) {
                recover(random).accept(cut);
            }
            cut.faults().calm();
            advance(story, end);
            story.verifyContent();
            reused += story.reusedRegions(story.last());
        }
        story.end();
        story.verify();
        if (regionBytes < 1 << 20) {
            assertThat(reused).isPositive();
        }
        assertThat(writes.written).isGreaterThan(800);
        assertThat(writes.discarded).isPositive();
        assertThat(writes.refused)
                .as("discards while an older copy lies beneath")
                .isPositive();
    }

    private static void advance(MoveStory story, boolean end) {
        story.go();
        if (end) {
            story.settle();
        }
    }

    private static PodWrites writes(long seed) {
        return new PodWrites(MoveStory.BLOCKS, new Random(seed));
    }

    private static Consumer<FakeHost> recover(Random random) {
        return random.nextBoolean() ? FakeHost::powerCut : Cuts::restart;
    }
}
