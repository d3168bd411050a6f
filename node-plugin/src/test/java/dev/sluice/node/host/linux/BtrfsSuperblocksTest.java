package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a superblock that mkfs.btrfs 6.2 made for 256 MiB. */
class BtrfsSuperblocksTest {
    private static final long MIRROR = 64L << 20;
    private static final long END = 256L << 20;
    private static final UUID FIRST = UUID.fromString("01020304-0506-0708-090a-0b0c0d0e0f10");
    private static final UUID SECOND = UUID.fromString("11111111-2222-3333-4444-555555555555");

    @TempDir
    Path folder;

    private FileChannel device;
    private BtrfsSuperblocks superblocks;

    @BeforeEach
    void open() throws IOException {
        device = FileChannel.open(
                folder.resolve("device"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE);
        device.write(ByteBuffer.allocate(1), END - 1);
        try (InputStream made = getClass().getResourceAsStream("/host/btrfs-superblock.bin")) {
            write(Objects.requireNonNull(made).readAllBytes(), BtrfsSuperblocks.PRIMARY);
        }
        superblocks = new BtrfsSuperblocks(device, "/dev/x");
    }

    @AfterEach
    void close() throws IOException {
        device.close();
    }

    @Test
    void aCopyGetsAUuidAndItsMetadataKeepsItsOwn() throws IOException {
        byte[] before = primary();

        superblocks.ensureUuid(FIRST);

        byte[] after = primary();
        assertThat(Arrays.copyOfRange(after, 32, 48))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        assertThat(Arrays.copyOfRange(after, 571, 587)).isEqualTo(Arrays.copyOfRange(before, 32, 48));
        assertThat(word(after, 188)).isEqualTo(word(before, 188) | 1 << 10);
        assertThat(crc(after)).isEqualTo((int) word(after, 0));
        assertThat(Arrays.copyOfRange(after, 48, 188)).isEqualTo(Arrays.copyOfRange(before, 48, 188));
        assertThat(Arrays.copyOfRange(after, 196, 571)).isEqualTo(Arrays.copyOfRange(before, 196, 571));
        assertThat(Arrays.copyOfRange(after, 587, 4096)).isEqualTo(Arrays.copyOfRange(before, 587, 4096));
    }

    @Test
    void aCopyOfACopyKeepsTheMetadataUuidOfTheFirst() throws IOException {
        byte[] origin = primary();
        superblocks.ensureUuid(FIRST);

        superblocks.ensureUuid(SECOND);

        assertThat(Arrays.copyOfRange(primary(), 571, 587)).isEqualTo(Arrays.copyOfRange(origin, 32, 48));
        assertThat(Arrays.copyOfRange(primary(), 32, 33)).containsExactly(0x11);
    }

    @Test
    void theMirrorIsWrittenAndTheRestIsNot() throws IOException {
        superblocks.ensureUuid(FIRST);

        byte[] mirror = read(MIRROR);
        assertThat(word(mirror, 48)).isEqualTo((int) MIRROR);
        assertThat(crc(mirror)).isEqualTo((int) word(mirror, 0));
        assertThat(Arrays.copyOfRange(mirror, 56, 4096)).isEqualTo(Arrays.copyOfRange(primary(), 56, 4096));
        assertThat(read(0)).containsOnly(0);
        assertThat(read(BtrfsSuperblocks.PRIMARY + BtrfsSuperblocks.BYTES)).containsOnly(0);
        assertThat(device.size()).isEqualTo(END);
    }

    @Test
    void whatHasItsUuidIsNotWritten() throws IOException {
        superblocks.ensureUuid(FIRST);
        write(new byte[BtrfsSuperblocks.BYTES], MIRROR);

        superblocks.ensureUuid(FIRST);

        assertThat(read(MIRROR)).containsOnly(0);
    }

    @Test
    void aTornPrimaryIsTakenFromTheMirrorThatWasWrittenBeforeIt() throws IOException {
        superblocks.ensureUuid(FIRST);
        byte[] whole = primary();
        byte[] torn = whole.clone();
        Arrays.fill(torn, 0, 512, (byte) 7);
        write(torn, BtrfsSuperblocks.PRIMARY);

        superblocks.ensureUuid(FIRST);

        assertThat(primary()).isEqualTo(whole);
        write(torn, BtrfsSuperblocks.PRIMARY);
        refused("never formatted", SECOND);
    }

    @Test
    void whatIsNotUnderstoodIsLeftAlone() throws IOException {
        byte[] made = primary();
        change(made, 196, 1);
        refused("checksums", FIRST);
        change(made, 136, 2);
        refused("2 devices", FIRST);
        change(made, 60, 1 << 4);
        refused("btrfstune", FIRST);
        write(new byte[BtrfsSuperblocks.BYTES], BtrfsSuperblocks.PRIMARY);
        refused("no whole superblock", FIRST);
    }

    private void refused(String why, UUID uuid) throws IOException {
        byte[] before = primary();
        assertThatThrownBy(() -> superblocks.ensureUuid(uuid))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining(why);
        assertThat(primary()).isEqualTo(before);
    }

    private void change(byte[] superblock, int at, int value) throws IOException {
        byte[] changed = superblock.clone();
        ByteBuffer buffer = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(at, value);
        buffer.putInt(0, crc(changed));
        write(changed, BtrfsSuperblocks.PRIMARY);
    }

    private byte[] primary() throws IOException {
        return read(BtrfsSuperblocks.PRIMARY);
    }

    private byte[] read(long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BtrfsSuperblocks.BYTES);
        assertThat(device.read(block, at)).isEqualTo(BtrfsSuperblocks.BYTES);
        return block.array();
    }

    private void write(byte[] bytes, long at) throws IOException {
        assertThat(device.write(ByteBuffer.wrap(bytes), at)).isEqualTo(bytes.length);
    }

    private static long word(byte[] superblock, int at) {
        return ByteBuffer.wrap(superblock).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private static int crc(byte[] superblock) {
        CRC32C crc = new CRC32C();
        crc.update(superblock, 32, superblock.length - 32);
        return (int) crc.getValue();
    }
}
