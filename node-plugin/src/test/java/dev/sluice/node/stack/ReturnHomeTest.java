package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.PowerCut;
import java.util.List;
import java.util.Random;
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
        return random.nextBoolean() ? FakeHost::powerCut : MoveCutAnywhereTest::restart;
    }
}
