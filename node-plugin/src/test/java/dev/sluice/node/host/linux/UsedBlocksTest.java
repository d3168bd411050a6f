package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.ByteRange;
import dev.sluice.node.host.TableLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsedBlocksTest {
    private static final long CHUNK = 64L << 10;

    @TempDir
    Path folder;

    @Test
    void rangesAreWhatThinDumpPrints() {
        assertThat(dump(3, Recorded.read("thin-dump.xml")))
                .containsExactly(
                        new ByteRange(0, 5 * CHUNK),
                        new ByteRange(512 * CHUNK, CHUNK),
                        new ByteRange(1024 * CHUNK, 129 * CHUNK));
    }

    /** As versions from 1.0 on print it where devices share; not recorded. */
    @Test
    void whatIsSharedIsPrintedByName() {
        assertThat(dump(3, Recorded.read("thin-dump-shared.xml")))
                .containsExactly(new ByteRange(0, 8 * CHUNK), new ByteRange(16 * CHUNK, 2 * CHUNK));
    }

    @Test
    void whatEndsEarlyIsNotBelieved() {
        List<String> lines = Recorded.read("thin-dump.xml").lines().toList();
        for (int length = 0; length < lines.size(); length++) {
            String cut = String.join("\n", lines.subList(0, length));
            assertThatThrownBy(() -> dump(3, cut)).isInstanceOf(SluiceException.class);
        }
    }

    @Test
    void whatDoesNotAddUpIsNotBelieved() {
        List<String> lines = Recorded.read("thin-dump.xml").lines().toList();
        for (int missing = 0; missing < lines.size(); missing++) {
            List<String> less = new ArrayList<>(lines);
            less.remove(missing);
            assertThatThrownBy(() -> dump(3, String.join("\n", less))).isInstanceOf(SluiceException.class);
        }
    }

    @Test
    void neitherIsAnotherDeviceNorAnotherPool() {
        String text = Recorded.read("thin-dump.xml");

        assertThatThrownBy(() -> dump(4, text)).hasMessageContaining("dev_id");
        assertThatThrownBy(() -> read(new ThinDump(3, 2 * CHUNK), text)).hasMessageContaining("data_block_size");
        assertThatThrownBy(() -> dump(3, text + "\nmore")).isInstanceOf(SluiceException.class);
        assertThatThrownBy(() -> dump(3, "metadata contains errors (run thin_check for details)."))
                .isInstanceOf(SluiceException.class);
    }

    @Test
    void aDeviceThatWasNeverWrittenHasNone() {
        assertThat(dump(2, Recorded.read("thin-dump-unwritten.xml"))).isEmpty();
    }

    @Test
    void aDeviceThatIsNotThereIsNoEmptyOne() {
        assertThatThrownBy(() -> dump(9, Recorded.read("thin-dump-absent.xml"))).isInstanceOf(SluiceException.class);
    }

    @Test
    void aToolIsReadALineAtATime() {
        List<String> lines = new ArrayList<>();

        CommandResult result =
                new Processes(false).lines(Duration.ofSeconds(10), List.of("printf", "one\\ntwo\\n"), lines::add);

        assertThat(result.exit()).isZero();
        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void aToolWhoseOutputIsNotWantedIsEnded() {
        assertThatThrownBy(() -> new Processes(false).lines(Duration.ofSeconds(10), List.of("yes"), line -> {
                    throw new SluiceException(ErrorKind.HOST, "not wanted: " + line);
                }))
                .hasMessage("not wanted: y");
    }

    @Test
    void theToolIsGivenTheDeviceTheKernelNames() {
        assertThat(LvmUsedBlocks.command(12, "253:3"))
                .containsExactly("thin_dump", "-m", "--dev-id", "12", "/dev/dm-3");
    }

    @Test
    void aPoolsTableAndStatusAreRead() {
        ThinPoolTable table = ThinPoolTable.parse(
                List.of(new TableLine(0, 1 << 20, "thin-pool", "253:1 253:2 128 0 1 no_discard_passdown ")));

        assertThat(table).isEqualTo(new ThinPoolTable("253:1", CHUNK, true));
        assertThat(ThinPoolTable.parse(
                                List.of(new TableLine(0, 8, "thin-pool", "253:1 253:2 128 0 1 skip_block_zeroing")))
                        .zeroes())
                .isFalse();
        assertThat(ThinPoolTable.holdsSnapshot(status("4 1264/12288 528/371904 - rw discard_passdown")))
                .isFalse();
        assertThat(ThinPoolTable.holdsSnapshot(status("4 1264/12288 528/371904 77 rw discard_passdown")))
                .isTrue();
        assertThatThrownBy(() -> ThinPoolTable.holdsSnapshot(status("Fail"))).hasMessageContaining("failed");
    }

    @Test
    void theMetadataSnapshotIsGivenBackWhateverHappens() {
        FakePool pool = new FakePool();
        MetadataSnapshot snapshot = new MetadataSnapshot(folder);

        assertThat(snapshot.<Boolean>during(pool, () -> pool.held)).isTrue();
        assertThatThrownBy(() -> snapshot.during(pool, () -> {
                    throw new SluiceException(ErrorKind.HOST, "no tool");
                }))
                .hasMessage("no tool");

        assertThat(pool.held).isFalse();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatADeadProcessLeftIsGivenBack() {
        FakePool pool = new FakePool();
        assertThatThrownBy(() -> new MetadataSnapshot(folder).during(pool, () -> {
                    pool.dead = true;
                    return true;
                }))
                .hasMessage("dead");
        pool.dead = false;
        assertThat(pool.held).isTrue();

        new MetadataSnapshot(folder).release(pool);

        assertThat(pool.held).isFalse();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anothersIsLeftAlone() {
        FakePool pool = new FakePool();
        pool.held = true;

        new MetadataSnapshot(folder).release(pool);
        assertThatThrownBy(() -> new MetadataSnapshot(folder).during(pool, () -> true))
                .hasMessageContaining("not Sluice's");

        assertThat(pool.held).isTrue();
    }

    private static final class FakePool implements MetadataSnapshot.Pool {
        private boolean held;
        private boolean dead;

        @Override
        public String name() {
            return "data-sluice";
        }

        @Override
        public boolean holdsSnapshot() {
            return held;
        }

        @Override
        public void message(String message) {
            if (dead) {
                throw new SluiceException(ErrorKind.HOST, "dead");
            }
            held = message.equals("reserve_metadata_snap");
        }
    }

    private static TableLine status(String arguments) {
        return new TableLine(0, 8, "thin-pool", arguments);
    }

    private static List<ByteRange> dump(int device, String text) {
        return read(new ThinDump(device, CHUNK), text);
    }

    private static List<ByteRange> read(ThinDump dump, String text) {
        text.lines().forEach(dump::line);
        return dump.ranges();
    }
}
