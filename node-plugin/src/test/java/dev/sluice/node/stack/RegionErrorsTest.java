package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.RegionErrors;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.HydrationGeometry;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import dev.sluice.node.host.fake.FakeHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Clones whose origin's disk cannot read some regions. */
class RegionErrorsTest {
    private static final String ENGINE = Names.cloneDevice(CloneStory.CLONE);
    private static final String SOURCE = Names.sourceDevice(CloneStory.CLONE);
    private static final String SERVED = Names.exportDevice(Names.export(CloneStory.CLONE, 1));
    private static final int ALL = 1000;

    private final CloneStory story = new CloneStory(CloneStory.SIZE);
    private final Hydration hydration = hydration();
    private final List<TableLine> sound = served().table();
    private final List<HydrationReport> seen = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private Hydration hydration() {
        story.source();
        story.bring();
        story.pod();
        return story.hydration();
    }

    private MappedDevice served() {
        return story.origin.host().deviceMapper().find(SERVED).orElseThrow();
    }

    /** The disk beneath the export cannot read these regions any more, and all others. */
    private void spoil(long... regions) {
        long sectors = engine().regionSectors();
        List<TableLine> table = new ArrayList<>();
        long next = 0;
        for (long region : regions) {
            addSound(table, next, region * sectors);
            table.add(new TableLine(region * sectors, sectors, "error", ""));
            next = (region + 1) * sectors;
        }
        addSound(table, next, CloneStory.SIZE / FakeHost.SECTOR);
        serve(table);
    }

    private void addSound(List<TableLine> table, long from, long to) {
        if (from < to) {
            String below = sound.getFirst().arguments().split(" ", 2)[0];
            table.add(new TableLine(from, to - from, "linear", below + " " + from));
        }
    }

    private void serve(List<TableLine> table) {
        story.origin.host().deviceMapper().load(SERVED, Names.dmUuid(SERVED), true, table);
    }

    /** For so many simulated seconds, or until it is whole. */
    private HydrationReport look(int seconds) {
        for (int look = 0; look < 2 * seconds && !isWhole(); look++) {
            now = now.plusMillis(500);
            if (story.home.host().deviceMapper().find(ENGINE).isPresent()) {
                story.home.hydrate(ENGINE, ALL);
            }
            seen.add(hydration.look(now));
        }
        return seen.getLast();
    }

    private boolean isWhole() {
        return !seen.isEmpty() && seen.getLast().phase() == HydrationPhase.HYDRATED;
    }

    private CloneStatus.Working engine() {
        return (CloneStatus.Working)
                CloneStatus.parse(story.home.host().deviceMapper().status(ENGINE, false));
    }

    private RegionErrors errors(HydrationReport report) {
        return Objects.requireNonNull(report.regionErrors());
    }

    @Test
    void whatCannotBeReadIsListedAndTheRestIsCopied() {
        long region = engine().regionBytes();
        spoil(5, 70, 71);

        HydrationReport report = look(60);

        assertThat(report.phase()).isEqualTo(HydrationPhase.STALLED);
        assertThat(report.reason()).isEqualTo("RegionErrors");
        assertThat(errors(report))
                .isEqualTo(new RegionErrors(3, region, List.of(5 * region, 70 * region, 71 * region)));
        assertThat(report.message())
                .startsWith("3 regions of " + region + " bytes cannot be read at the origin: at " + 5 * region);
        assertThat(report.remainingBytes()).isEqualTo(3 * region);
        assertThat(engine().hydrationEnabled()).as("nothing is tried in a loop").isFalse();
        assertThat(engine().hydrating()).isZero();
        assertThat(Tables.queues(story.home
                        .host()
                        .deviceMapper()
                        .find(SOURCE)
                        .orElseThrow()
                        .table()))
                .isTrue();
        assertThat(seen.stream().map(HydrationReport::hydratedBytes).toList()).isSorted();
    }

    @Test
    void itIsToldWhileTheRestIsCopied() {
        spoil(5);
        look(60);

        assertThat(seen)
                .anyMatch(
                        report -> report.phase() == HydrationPhase.HYDRATING && "RegionErrors".equals(report.reason()));
    }

    @Test
    void whenTheOriginReadsAgainItEndsByItself() {
        spoil(0, 127);
        assertThat(look(60).reason()).isEqualTo("RegionErrors");

        serve(sound);

        assertThat(look(60).phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(seen.getLast().regionErrors()).isNull();
        story.verify();
    }

    @Test
    void whatReadsAgainIsTakenOffTheList() {
        long region = engine().regionBytes();
        spoil(5, 70);
        look(60);

        spoil(70);
        HydrationReport report = look(120);

        assertThat(errors(report).offsets()).containsExactly(70 * region);
        assertThat(report.remainingBytes()).isEqualTo(region);
    }

    @Test
    void itIsTriedAgainLessAndLessOften() {
        spoil(5);
        look(60);
        long before = tries();
        look(60);
        long first = tries() - before;
        assertThat(look(20 * 60).message()).contains("every 300 s");
        long later = tries();
        look(10 * 60);

        assertThat(first).as("in the second minute").isBetween(1L, 5L);
        assertThat(tries() - later).as("in ten minutes").isBetween(1L, 2L);
    }

    /** Blocks that were asked of the origin: each try ends at the first block that cannot be read. */
    private long tries() {
        return Sessions.ofCopy(story.home.host(), CloneStory.CLONE, 1)
                .map(IscsiSession::disk)
                .map(disk -> story.home.host().blockDevices().bytesRead(disk) / FakeHost.BLOCK)
                .orElseThrow();
    }

    @Test
    void aRegionThatAPodWritesNeedsTheOriginNoMore() {
        long region = engine().regionBytes();
        long blocks = region / FakeHost.BLOCK;
        spoil(5, 70);
        look(60);

        story.home.write(story.stacks.device(CloneStory.CLONE), 5 * blocks, blocks, 1);
        assertThat(errors(look(2)).offsets()).containsExactly(70 * region);

        story.home.write(story.stacks.device(CloneStory.CLONE), 70 * blocks, blocks, 1);
        assertThat(look(2).phase()).isEqualTo(HydrationPhase.HYDRATED);
    }

    @Test
    void moreThanAreTriedAreToldAsMore() {
        long[] many = new long[100];
        for (int region = 0; region < many.length; region++) {
            many[region] = 10 + region;
        }
        spoil(many);

        HydrationReport report = look(60);

        assertThat(report.reason()).isEqualTo("RegionErrors");
        assertThat(errors(report).count()).isEqualTo(BadRegions.MOST);
        assertThat(errors(report).offsets()).hasSize(RegionErrors.MOST);
        assertThat(report.message()).contains("100 regions are not local, and more of them may be bad");
        assertThat(report.remainingBytes()).isEqualTo(100 * engine().regionBytes());

        serve(sound);
        assertThat(look(600).phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    @Test
    void anErrorThatPassesIsNone() {
        look(1);
        spoil(5);
        look(12);
        serve(sound);

        assertThat(look(60).phase()).isEqualTo(HydrationPhase.HYDRATED);
        story.verify();
    }

    @Test
    void afterwardsCopyingIsAsUsual() {
        spoil(5);
        look(60);
        assertThat(engine().batch()).isOne();

        serve(sound);
        look(60);

        int usual = HydrationGeometry.of(CloneStory.SIZE / 128).batch();
        assertThat(story.home.faults().journal())
                .anyMatch(line -> line.contains(ENGINE + " hydration_batch_size " + usual));
    }

    @Test
    void nothingIsLetFailWhereThePodsReadsCannotBeHeld() {
        spoil(5);
        for (int failure = 0; failure < 1000; failure++) {
            story.home.faults().failNext("Pauses.hold", new SluiceException(ErrorKind.HOST, "no suspension today"));
        }

        HydrationReport report = look(30);

        assertThat(story.home.faults().journal()).noneMatch(line -> line.contains("fail_if_no_path"));
        assertThat(report.regionErrors()).isNull();
    }

    /** As after a window that was opened while a read of the pod waited for a region that is bad. */
    @Test
    void aSuspensionThatWaitsForTheSameReadsIsLetEnd() {
        spoil(5);
        story.home
                .faults()
                .failNext("Pauses.hold", new SluiceException(ErrorKind.UNAVAILABLE, "being suspended by another"));

        HydrationReport report = look(60);

        assertThat(errors(report).count()).isOne();
    }

    @Test
    void aPathThatACrashLeftFailingQueuesAgain() {
        story.home.host().deviceMapper().message(SOURCE, "fail_if_no_path");
        assertThat(queues()).isFalse();

        story.bring();

        assertThat(queues()).isTrue();
    }

    private boolean queues() {
        return Tables.queues(
                story.home.host().deviceMapper().find(SOURCE).orElseThrow().table());
    }

    @Test
    void aPathThatCameBackIsNoError() {
        look(1);
        story.network.cut(story.origin, story.home);
        look(10);
        story.network.heal();

        assertThat(look(60).phase()).isEqualTo(HydrationPhase.HYDRATED);
        assertThat(seen.stream().map(HydrationReport::reason)).doesNotContain("RegionErrors");
    }
}
