package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import dev.sluice.node.host.fake.FakeHost;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the origin never used does not come over the wire, and is shown as what it is there, byte for byte, whatever pods do meanwhile. */
class UnusedTest {
    private static final long REGION = 64L << 10;
    private static final long REGIONS = CloneStory.SIZE / REGION;
    private static final long BLOCKS_A_REGION = REGION / 4096;
    private static final String ENGINE = Names.cloneDevice(CloneStory.CLONE);

    /** It is seen that the origin answers, before the pod's I/O is held for an instant so that it can be counted; and how soon it does. */
    private static final long PROBES = (1 + CopyFlight.READS) * FakeHost.BLOCK;

    /** Of each eighth region a part: sixteen of 128; the region that the pod writes into is not one of them. */
    private static CloneStory hardlyUsed() {
        CloneStory story =
                new CloneStory(CloneStory.SIZE).raw(block -> block / BLOCKS_A_REGION % 8 == 3 && block % 3 > 0);
        story.source();
        return story;
    }

    @Test
    void onlyWhatWasUsedComesOverTheWire() {
        CloneStory story = hardlyUsed();

        HydrationReport report = story.tell();

        // What the pod wrote into first was copied for it.
        assertThat(report.phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(report.skippedBytes()).isEqualTo((REGIONS - 17) * REGION);
        assertThat(report.copiedBytes()).isEqualTo(17 * REGION);
        assertThat(report.hydratedBytes()).isEqualTo(report.copiedBytes() + report.skippedBytes());
        assertThat(story.wireBytes()).isPositive().isLessThanOrEqualTo(17 * REGION + PROBES);
        story.verify();
    }

    @Test
    void nothingUsedIsNothingCopied() {
        CloneStory story = new CloneStory(CloneStory.SIZE).raw(block -> false);
        story.source();

        assertThat(story.tell().copiedBytes()).isEqualTo(REGION);
        story.verify();
    }

    @Test
    void aLargerCloneHasItsTailAllTheSame() {
        CloneStory story = new CloneStory(2 * CloneStory.SIZE).raw(block -> block < 100);
        story.source();
        story.bring();
        BlockDevice device = story.stacks.device(CloneStory.CLONE);
        story.home.write(device, CloneStory.BLOCKS + 5, 99);

        HydrationReport report = story.tell();

        assertThat(report.hydratedBytes()).isEqualTo(CloneStory.SIZE);
        assertThat(report.skippedBytes()).isEqualTo((REGIONS - 7) * REGION);
        assertThat(story.home.read(device, CloneStory.BLOCKS + 5)).isEqualTo(99);
        story.verify();
    }

    @Test
    void whatWasSkippedIsKnownAfterARestart() {
        CloneStory story = hardlyUsed();
        story.bring();
        story.pod();
        Hydration first = story.hydration();
        while (!story.isCopying()) {
            story.look(first);
        }
        story.home.powerCut();

        HydrationReport report = story.tell();

        assertThat(report.skippedBytes()).isEqualTo((REGIONS - 17) * REGION);
        assertThat(report.copiedBytes()).isEqualTo(17 * REGION);
        story.verify();
    }

    @Test
    void allOfItWhereTheMapIsOfAnotherExport() {
        CloneStory story = hardlyUsed();
        story.mistake();

        assertThat(story.tell().skippedBytes()).isZero();
        story.verify();
    }

    @Test
    void allOfItWhereTheOriginsPoolCannotBeRead() {
        CloneStory story = hardlyUsed();
        story.origin.holdMetadataSnapshot("data");

        assertThat(story.tell().skippedBytes()).isZero();
        story.verify();
    }

    @Test
    void allOfItWhereTheOwnPoolCannotBeRead() {
        CloneStory story = hardlyUsed();
        story.home.holdMetadataSnapshot("data");

        assertThat(story.tell().skippedBytes()).isZero();
        story.verify();
    }

    /** It would discard what the pod has written within the range of a mark. */
    @Test
    void allOfItWhereTheEngineIsAnEarlierVersions() {
        CloneStory story = hardlyUsed();
        story.bring();
        Host host = story.home.host();
        MappedDevice engine = host.deviceMapper().find(ENGINE).orElseThrow();
        TableLine line = engine.table().getFirst();
        String arguments = line.arguments().replace("2 no_hydration no_discard_passdown", "1 no_hydration");
        host.deviceMapper()
                .load(
                        ENGINE,
                        Names.dmUuid(ENGINE),
                        false,
                        List.of(new TableLine(line.start(), line.length(), line.type(), arguments)));

        assertThat(story.tell().skippedBytes()).isZero();
        story.verify();
    }

    /** After it was looked what is used here, and before the mark. */
    @Test
    void whatThePodWritesBeforeTheMarkStays() {
        CloneStory story = hardlyUsed();
        story.bring();
        BlockDevice device = story.stacks.device(CloneStory.CLONE);
        long block = 5 * BLOCKS_A_REGION;
        story.home.faults().before("Pauses.hold", () -> story.home.write(device, block, BLOCKS_A_REGION, 77));

        HydrationReport report = story.tell();

        assertThat(report.skippedBytes()).isEqualTo((REGIONS - 18) * REGION);
        for (long each = block; each < block + BLOCKS_A_REGION; each++) {
            assertThat(story.home.read(device, each)).isEqualTo(77);
        }
    }

    /** The bytes were on the disk before the engine had written down that they are the pod's: they read as the origin's ever since. */
    @Test
    void aWriteThatWasLostWithThePowerNeverComesBack() {
        CloneStory story = hardlyUsed();
        story.bring();
        long block = 5 * BLOCKS_A_REGION;
        story.home.write(story.stacks.device(CloneStory.CLONE), block, BLOCKS_A_REGION, 77);
        story.home.fsync(story.home
                .host()
                .logicalVolumes()
                .find("data", CloneStory.CLONE)
                .orElseThrow()
                .device()
                .orElseThrow());
        story.home.powerCut();
        story.bring();
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), block))
                .isZero();

        HydrationReport report = story.tell();

        assertThat(report.skippedBytes()).isEqualTo((REGIONS - 18) * REGION);
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), block))
                .isZero();
        story.verify();
    }

    /** The same, without a power cut: the engine goes back to what its metadata on the disk says. */
    @Test
    void neitherDoesOneThatTheEngineLost() {
        CloneStory story = hardlyUsed();
        story.bring();
        BlockDevice device = story.stacks.device(CloneStory.CLONE);
        long block = 5 * BLOCKS_A_REGION;
        Unused unused = new Unused(story.home.host(), story.stacks, CloneStory.CLONE, 1, story.now(), () -> 0);
        VolumeOrder order = story.told();
        // Looked at, and in flight: nothing is marked yet.
        story.home.host().deviceMapper().message(ENGINE, "enable_hydration");
        unused.step(order, story.now());
        story.home.host().deviceMapper().message(ENGINE, "disable_hydration");
        story.home.write(device, block, BLOCKS_A_REGION, 77);
        story.home.breakMetadata(ENGINE);
        unused.restart();
        story.stacks.cutOff(CloneStory.CLONE);
        story.bring();
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), block))
                .isZero();

        unused.step(order, story.now());

        assertThat(unused.isPending(order)).isFalse();
        assertThat(unused.regions()).isEqualTo(REGIONS - 17);
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), block))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomLayoutsByteForByte(long seed) {
        Random random = new Random(seed);
        BitSet used = new BitSet();
        for (int at = 1; at < CloneStory.BLOCKS; ) {
            int length = 1 + random.nextInt(seed % 2 == 0 ? 200 : 30);
            if (random.nextInt(3) == 0) {
                used.set(at, Math.min(at + length, (int) CloneStory.BLOCKS));
            }
            at += length;
        }
        CloneStory story = new CloneStory(CloneStory.SIZE).raw(block -> used.get((int) block));
        story.source();

        HydrationReport report = story.tell();

        long regions = used.stream()
                .map(block -> block / (int) BLOCKS_A_REGION)
                .distinct()
                .count();
        assertThat(report.hydratedBytes()).isEqualTo(CloneStory.SIZE);
        assertThat(report.copiedBytes()).isBetween(regions * REGION, (regions + 1) * REGION);
        assertThat(report.copiedBytes() + report.skippedBytes()).isEqualTo(CloneStory.SIZE);
        assertThat(story.wireBytes()).isLessThanOrEqualTo((regions + 1) * REGION + PROBES);
        story.verify();
    }

    /** Regions smaller and larger than the thin pool's chunk; the pods write and discard at all moments. */
    @ParameterizedTest
    @ValueSource(longs = {4096, 16384, 65536, 262144})
    void movesUnderWrites(long regionBytes) {
        long skipped = 0;
        for (long seed = 0; seed < 6; seed++) {
            MoveStory story = new MoveStory(List.of(0, 1))
                    .inRegionsOf(regionBytes)
                    .writing(new PodWrites(MoveStory.BLOCKS, new Random(seed)));
            story.tell();
            story.andTo(2);
            story.tell();
            story.verify();
            skipped += story.skippedByMap(1) + story.skippedByMap(2);
        }
        assertThat(skipped).as("regions that were never used").isPositive();
    }
}
