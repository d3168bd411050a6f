package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.VolumePhase;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.fake.FakeLuks;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EncryptedVolumesTest {
    private final EncryptedStory story = new EncryptedStory(false);

    @Test
    void isReadyBeforeThereIsAKeyAndGetsItsContentWithIt() {
        VolumeOutcome ready = story.bringSource();

        assertThat(ready.phase()).isEqualTo(VolumePhase.READY);
        assertThat(ready.sizeBytes()).isEqualTo(EncryptedStory.SIZE);
        assertThat(state()).isEqualTo(CopyState.VIRGIN);
        story.useSource();
        assertThat(state()).isEqualTo(CopyState.LINEAR);
        assertThat(story.bringSource().hydrated()).isTrue();
        assertThat(story.origin.faults().journal())
                .filteredOn(call -> call.startsWith("FileSystems.make"))
                .hasSize(1);
    }

    @Test
    void aPodGetsTheWholeSizeAndTheDiskHoldsCiphertextOnly() {
        story.useSource();
        BlockDevice disk = story.logicalVolume(story.origin, EncryptedStory.SOURCE);
        BlockDevice device = story.sources.device(EncryptedStory.SOURCE);

        assertThat(story.origin.host().blockDevices().sizeBytes(device)).isEqualTo(EncryptedStory.SIZE);
        assertThat(story.origin.read(device, 1)).isEqualTo(EncryptedStory.PLAINTEXT);
        assertThat(story.origin.read(disk, 0)).isEqualTo(FakeLuks.MAGIC);
        assertThat(story.showsPlaintext(story.origin, disk)).isFalse();
    }

    @Test
    void aWrongKeyIsRefusedBeforeAnyWrite() {
        story.useSource();
        story.leaveSource();
        BlockDevice disk = story.logicalVolume(story.origin, EncryptedStory.SOURCE);
        long before = story.origin.checksum(disk);
        story.origin.faults().clear();

        refused(ErrorKind.INVALID, EncryptedStory.SOURCE, () -> story.openSource(EncryptedStory.OTHER_KEY));

        assertThat(story.origin.checksum(disk)).isEqualTo(before);
        assertThat(story.origin.faults().journal()).noneMatch(call -> call.startsWith("Luks.format"));
        assertThat(story.sources.isOpen(EncryptedStory.SOURCE)).isFalse();
        story.useSource();
    }

    @Test
    void aMissingHeaderIsDataLossAndNothingIsMadeInItsPlace() {
        story.useSource();
        story.leaveSource();
        story.origin.write(story.logicalVolume(story.origin, EncryptedStory.SOURCE), 0, 0);
        story.origin.faults().clear();

        refused(ErrorKind.DATA_LOSS, "LUKS2 header", () -> story.openSource(EncryptedStory.KEY));

        assertThat(story.origin.faults().journal())
                .noneMatch(call -> call.startsWith("Luks.format") || call.startsWith("FileSystems.make"));
    }

    @Test
    void isShownToPodsOnlyWhileItIsOpen() {
        story.bringSource();
        refused(ErrorKind.IN_USE, "not staged", () -> story.sources.device(EncryptedStory.SOURCE));
        refused(
                ErrorKind.INVALID,
                "node-stage secret",
                () -> story.sources.open(
                        EncryptedStory.SOURCE, new VolumeContent(new Encryption(false), "ext4", List.of()), null));
        refused(
                ErrorKind.HOST,
                "left alone",
                () -> story.sources.open(
                        EncryptedStory.SOURCE, new VolumeContent(null, "ext4", List.of()), EncryptedStory.KEY));
    }

    @Test
    void growsWithItsKeyOnly() {
        story.useSource();
        long larger = 2 * EncryptedStory.SIZE;

        assertThat(story.bringSource(larger).sizeBytes()).isEqualTo(larger);
        refused(ErrorKind.INVALID, "node-expand", () -> story.sources.grow(EncryptedStory.SOURCE, null));
        refused(
                ErrorKind.INVALID,
                "node-expand",
                () -> story.sources.grow(EncryptedStory.SOURCE, EncryptedStory.OTHER_KEY));
        story.sources.grow(EncryptedStory.SOURCE, EncryptedStory.KEY);
        story.sources.grow(EncryptedStory.SOURCE, null);

        BlockDevice device = story.sources.device(EncryptedStory.SOURCE);
        assertThat(story.origin.host().blockDevices().sizeBytes(device)).isEqualTo(larger);
    }

    @Test
    void oneThatWasNeverUsedHasNothingToClone() {
        story.bringSource();

        refused(ErrorKind.UNAVAILABLE, "no content yet", story::bringClone);
    }

    @Test
    void aCloneTravelsAsCiphertextAndOpensWithItsSourcesKey() {
        story.useSource();
        long expected = story.origin.checksum(story.sources.device(EncryptedStory.SOURCE));

        assertThat(story.bringClone().phase()).isEqualTo(VolumePhase.READY);
        assertThat(story.showsPlaintext(story.origin, story.exported())).isFalse();
        refused(ErrorKind.INVALID, "key of its source", () -> story.openClone(EncryptedStory.OTHER_KEY));
        story.useClone();
        BlockDevice clone = story.clones.device(EncryptedStory.CLONE);
        assertThat(story.home.checksum(clone)).isEqualTo(expected);

        HydrationReport end = hydrate();
        assertThat(end.phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(end.totalBytes()).isEqualTo(EncryptedStory.SIZE + Encryption.HEADER_BYTES);
        story.bringClone();

        assertThat(story.home.checksum(clone)).isEqualTo(expected);
        assertThat(story.showsPlaintext(story.home, story.logicalVolume(story.home, EncryptedStory.CLONE)))
                .isFalse();
        assertThat(story.home.faults().journal()).noneMatch(call -> call.startsWith("Luks.format"));
    }

    @Test
    void withoutDiscardsNothingIsSkippedAndCopyingGoesOn() {
        story.useSource();
        story.useClone();

        HydrationReport end = hydrate();

        assertThat(end.skippedBytes()).isZero();
        assertThat(story.home.faults().journal())
                .filteredOn(call -> call.startsWith("FileSystems.trim"))
                .hasSize(1);
    }

    @Test
    void withDiscardsWhatTheFileSystemDoesNotUseIsSkipped() {
        EncryptedStory discarding = new EncryptedStory(true);
        discarding.useSource();
        discarding.useClone();
        Hydration hydration = discarding.hydration();

        hydration.look(discarding.clock.instant());
        hydration.look(discarding.clock.instant().plusSeconds(20));

        assertThat(hydration.look(discarding.clock.instant().plusSeconds(21)).skippedBytes())
                .isPositive();
    }

    @Test
    void aCopyOfOneThatHydratesIsTakenWithItsFileSystemFrozenAboveTheCipher() {
        story.useSource();
        story.useClone();
        String copy = Names.snapshotId("copy");
        story.home.faults().clear();

        assertThat(story.homeStacks.takeInUse(
                        CompositeStory.POOL, EncryptedStory.CLONE, copy, 1, true, Set.of("sluice.test")))
                .isTrue();

        List<String> journal = story.home.faults().journal();
        int from = journal.indexOf("Pauses.suspend " + Names.luksDevice(EncryptedStory.CLONE));
        assertThat(journal.subList(from, from + 7))
                .containsExactly(
                        "Pauses.suspend " + Names.luksDevice(EncryptedStory.CLONE),
                        "Pauses.suspend " + Names.outerDevice(EncryptedStory.CLONE),
                        "Pauses.suspend " + Names.cloneDevice(EncryptedStory.CLONE),
                        "LogicalVolumes.ensure data/" + copy,
                        "Pauses.resume " + Names.cloneDevice(EncryptedStory.CLONE),
                        "Pauses.resume " + Names.outerDevice(EncryptedStory.CLONE),
                        "Pauses.resume " + Names.luksDevice(EncryptedStory.CLONE));
    }

    @Test
    void removalClosesWhatACrashLeftOpen() {
        story.useSource();
        story.origin.host().mounts().remove(EncryptedStory.MOUNT);

        story.originStacks.remove(EncryptedStory.SOURCE, story.cloneOrder().spec(), null);

        assertThat(story.origin.leftovers()).noneMatch(left -> left.startsWith("luks"));
    }

    private HydrationReport hydrate() {
        Hydration hydration = story.hydration();
        Instant now = story.clock.instant();
        HydrationReport report = hydration.look(now);
        for (int second = 0; second < 60 && report.completionTime() == null; second++) {
            now = now.plusSeconds(1);
            if (story.home
                    .host()
                    .deviceMapper()
                    .find(Names.cloneDevice(EncryptedStory.CLONE))
                    .isPresent()) {
                story.home.hydrate(Names.cloneDevice(EncryptedStory.CLONE), 64);
            }
            report = hydration.look(now);
        }
        return report;
    }

    private CopyState state() {
        return story.originStacks.tags(EncryptedStory.SOURCE).state();
    }

    private static void refused(ErrorKind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContaining(message)
                .hasMessageNotContainingAny(EncryptedStory.KEY.text(), EncryptedStory.OTHER_KEY.text());
    }
}
