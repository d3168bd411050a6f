package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.VolumePhase;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CloneAcrossNodesTest {
    private final CloneStory story = new CloneStory(CloneStory.SIZE);

    @Test
    void isUsableAtOnceAndWholeInTheEnd() {
        story.source();
        assertThat(story.bring().phase()).isEqualTo(VolumePhase.READY);
        assertThat(story.home.read(story.stacks.device(CloneStory.CLONE), 41)).isEqualTo(1041);

        HydrationReport report = story.tell();

        assertThat(report.phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
        assertThat(story.home.leftovers())
                .containsExactlyInAnyOrder(
                        "lv " + CloneStory.CLONE, "dm " + Names.outerDevice(CloneStory.CLONE), "mount /staging");
    }

    @Test
    void showsThePointInTimeAndNeverLaterData() {
        story.source();
        story.bring();
        story.sourceWritesOn();

        story.tell();

        story.verify();
    }

    @Test
    void aMountedSourceIsTrimmedAndItsJournalEmptiedBeforeItIsFrozen() {
        story.source();
        story.mountSource();
        story.origin.faults().clear();

        story.serve();

        assertThat(story.origin.faults().journal())
                .startsWith("FileSystems.trim " + CloneStory.MOUNT, "FileSystems.checkpoint " + CloneStory.MOUNT);
        assertThat(story.origin.faults().journal().get(2)).startsWith("Pauses.suspend");
        assertThat(story.origin.faults().journal().get(3)).startsWith("LogicalVolumes.ensure");
    }

    @Test
    void aSourceThatCannotBeSettledIsFrozenAsItIs() {
        story.source();
        story.mountSource();
        story.origin.faults().failNext("FileSystems.trim", new SluiceException(ErrorKind.HOST, "no trim today"));

        assertThat(story.bring().phase()).isEqualTo(VolumePhase.READY);
    }

    @Test
    void aLargerCloneHasALinearTailThatSurvivesTheSwap() {
        CloneStory larger = new CloneStory(2 * CloneStory.SIZE);
        larger.source();
        larger.bring();
        long tailBlock = CloneStory.BLOCKS + 5;
        larger.home.write(larger.stacks.device(CloneStory.CLONE), tailBlock, 99);
        larger.home.fsync(larger.stacks.device(CloneStory.CLONE));

        larger.tell();

        larger.verify();
        assertThat(larger.home.read(larger.stacks.device(CloneStory.CLONE), tailBlock))
                .isEqualTo(99);
    }

    @Test
    void allocatesBeforeTheExportIsReadyAndExposesNothing() {
        story.source();

        VolumeOutcome outcome = story.bring(story.order(null));

        assertThat(outcome.phase()).isEqualTo(VolumePhase.ALLOCATED);
        assertThat(outcome.reason()).isEqualTo("WaitingForExport");
        assertThatThrownBy(() -> story.stacks.device(CloneStory.CLONE))
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    }

    @Test
    void aLoginThatWasBegunWhileNoRoomWasFoundGoesWithTheOrder() {
        story.source();
        story.serve();
        story.home.faults().failNext("LogicalVolumes.ensure", new SluiceException(ErrorKind.NO_SPACE, "full"));
        assertThatThrownBy(story::bring).hasMessage("full");
        assertThat(story.home.host().sessions().list()).hasSize(1);

        story.stacks.remove(CloneStory.CLONE, story.order(null).spec(), null);

        assertThat(story.home.leftovers()).isEmpty();
    }

    @Test
    void aDiskThatIsThereAlreadyIsVerifiedAllTheSame() {
        story.source();
        story.serve();
        story.home.faults().failNext("DeviceMapper.load", new SluiceException(ErrorKind.HOST, "cut here"));
        assertThatThrownBy(story::bring).hasMessage("cut here");
        story.home.faults().clear();

        story.bring();

        assertThat(story.home.faults().journal()).anyMatch(call -> call.startsWith("IscsiSessions.ensure"));
    }

    /** It would mark a region as local whose copy is under way, and the copy's end would overwrite what was written since. */
    @Test
    void noDiscardPassesWhileCopiesAreUnderWay() {
        story.source();
        story.bring();
        story.pod();
        BlockDevice device = story.stacks.device(CloneStory.CLONE);
        String engine = Names.cloneDevice(CloneStory.CLONE);
        Hydration hydration = story.hydration();
        story.home.discard(device, 0, 1);
        while (!story.isCopying()) {
            story.look(hydration);
        }
        story.home.host().deviceMapper().message(engine, "hydration_threshold 8");
        long block = CloneStory.BLOCKS / 2;

        assertThatThrownBy(() -> story.home.discard(device, 0, CloneStory.BLOCKS))
                .hasMessageContaining("not supported");
        story.home.write(device, block, 77);
        story.home.hydrate(engine, Integer.MAX_VALUE);

        assertThat(story.home.read(device, block)).isEqualTo(77);
        while (story.look(hydration).completionTime() == null) {
            assertThat(story.look(hydration).phase())
                    .isIn(HydrationPhase.HYDRATING, HydrationPhase.FINALIZING, HydrationPhase.HYDRATED);
        }
        story.home.discard(device, block, 1);
    }

    @Test
    void anAllocatedVolumeThatIsGoneIsNeverMadeAnew() {
        story.source();
        story.bring(story.order(null));
        var lv = story.home
                .host()
                .logicalVolumes()
                .find("data", CloneStory.CLONE)
                .orElseThrow();
        story.home.host().logicalVolumes().remove("data", lv.uuid());

        assertThatThrownBy(story::bring)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.DATA_LOSS));
        assertThat(story.home.host().logicalVolumes().find("data", CloneStory.CLONE))
                .isEmpty();
    }

    @Test
    void whatTheFileSystemDoesNotUseIsSkippedAndCounted() {
        story.source();
        story.bring();
        story.pod();
        Hydration hydration = story.hydration();

        story.look(hydration);
        HydrationReport trimmed = story.look(hydration);

        assertThat(trimmed.copiedBytes() + trimmed.skippedBytes()).isEqualTo(trimmed.hydratedBytes());
        assertThat(trimmed.hydratedBytes() + trimmed.remainingBytes()).isEqualTo(trimmed.totalBytes());
    }

    @Test
    void pausedMeansNothingIsCopiedInTheBackground() {
        story.source();
        story.bring();
        story.pod();
        Hydration hydration = story.hydration();
        hydration.update(story.order(story.serve(), new HydrationSettings(true, null, 0, null)));

        HydrationReport paused = lookUntilCopyingMayBegin(hydration);

        assertThat(paused.phase()).isEqualTo(HydrationPhase.PAUSED);
        assertThat(story.home.hydrate(Names.cloneDevice(CloneStory.CLONE), 1000))
                .isZero();
        assertThat(story.home.faults().journal()).noneMatch(CloneAcrossNodesTest::isTrim);
    }

    @Test
    void itIsPausedWhenWhatWasUnderWayHasEnded() {
        story.source();
        story.bring();
        story.pod();
        Deque<Runnable> work = new ArrayDeque<>();
        Hydration hydration = story.hydration(work::add);
        lookUntilCopyingMayBegin(hydration);
        hydration.update(story.order(story.serve(), new HydrationSettings(true, null, 0, null)));

        HydrationReport pausing = story.look(hydration);
        assertThat(pausing.phase()).isEqualTo(HydrationPhase.HYDRATING);
        assertThat(pausing.reason()).isEqualTo("Pausing");

        work.forEach(Runnable::run);
        assertThat(story.home.faults().journal()).anyMatch(CloneAcrossNodesTest::isTrim);
        assertThat(story.look(hydration).phase()).isEqualTo(HydrationPhase.PAUSED);
    }

    private static boolean isTrim(String call) {
        return call.startsWith("FileSystems.trim");
    }

    private HydrationReport lookUntilCopyingMayBegin(Hydration hydration) {
        return IntStream.range(0, 12)
                .mapToObj(second -> story.look(hydration))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    @Test
    void aSourceThatGoesAwayIsSaidAndItsReturnGoesOn() {
        story.source();
        story.bring();
        story.pod();
        Hydration hydration = story.hydration();
        story.look(hydration);
        story.network.cut(story.origin, story.home);

        assertThat(story.look(hydration).reason()).isEqualTo("SourceUnreachable");
        assertThat(story.home.hydrate(Names.cloneDevice(CloneStory.CLONE), 1000))
                .isZero();
        HydrationReport lost = story.look(hydration);
        for (int second = 0; second < 130; second++) {
            lost = story.look(hydration);
        }
        assertThat(lost.phase()).isEqualTo(HydrationPhase.SOURCE_LOST);

        story.network.heal();
        assertThat(story.tell().phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    @Test
    void aPathThatTheKernelGaveUpIsPutBackIntoUse() {
        story.source();
        story.bring();
        Hydration hydration = story.hydration();
        story.look(hydration);
        BlockDevice device = story.stacks.device(CloneStory.CLONE);
        story.home.failPath(Names.sourceDevice(CloneStory.CLONE));
        assertThatThrownBy(() -> story.home.read(device, CloneStory.WRITTEN_BLOCK))
                .hasMessageContaining("no path");

        story.look(hydration);

        assertThatCode(() -> story.home.read(device, CloneStory.WRITTEN_BLOCK)).doesNotThrowAnyException();
        assertThat(story.tell().phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    @Test
    void anEngineThatCannotWriteItsMetadataIsCutOff() {
        story.source();
        story.bring();
        story.pod();
        Hydration hydration = story.hydration();
        story.look(hydration);
        story.home.breakMetadata(Names.cloneDevice(CloneStory.CLONE));

        HydrationReport failed = story.look(hydration);

        assertThat(failed.phase()).isEqualTo(HydrationPhase.FAILED);
        assertThatThrownBy(() -> story.home.read(story.stacks.device(CloneStory.CLONE), CloneStory.WRITTEN_BLOCK))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void aVolumeThatIsCutOffIsRebuiltOnlyWhenNobodyHasItOpen() {
        story.source();
        story.bring();
        story.pod();
        Hydration hydration = story.hydration();
        story.look(hydration);
        story.home.breakMetadata(Names.cloneDevice(CloneStory.CLONE));
        story.look(hydration);

        assertThatThrownBy(story::bring)
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.IN_USE));
        assertThat(story.look(hydration).phase()).isEqualTo(HydrationPhase.FAILED);
        assertThatThrownBy(() -> story.home.read(story.stacks.device(CloneStory.CLONE), CloneStory.WRITTEN_BLOCK))
                .isInstanceOf(RuntimeException.class);

        story.home.host().mounts().remove(CloneStory.MOUNT);
        story.look(hydration);

        assertThat(story.tell().phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    @Test
    void removalInTheMiddleLeavesNothing() {
        story.source();
        story.bring();
        story.pod();
        Hydration hydration = story.hydration();
        story.look(hydration);
        story.home.hydrate(Names.cloneDevice(CloneStory.CLONE), 3);

        story.removeClone();
        story.removeOrigin();

        assertThat(story.home.leftovers()).isEmpty();
        assertThat(story.origin.leftovers()).isEmpty();
    }

    @Test
    void anOpenVolumeIsNotRemoved() {
        story.source();
        story.bring();
        story.home.open(story.stacks.device(CloneStory.CLONE), "a backup");

        assertThatThrownBy(story::removeClone)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.IN_USE));
        assertThat(story.home.host().logicalVolumes().find("data", CloneStory.CLONE))
                .isPresent();
    }

    @Test
    void oneThatWasSkippedIsNotCountedAsCopiedAfterARestart() {
        story.source();
        story.bring();
        story.pod();
        Hydration before = story.hydration();
        story.look(before);
        long skipped = story.look(before).skippedBytes();

        Hydration after = story.hydration();

        assertThat(story.look(after).skippedBytes()).isEqualTo(skipped);
    }
}
