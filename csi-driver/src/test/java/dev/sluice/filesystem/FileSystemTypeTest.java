package dev.sluice.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FileSystemTypeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXT4|noatime commit=30 data=ordered barrier barrier=1",
                "EXT4|context=\"system_u:object_r:container_file_t:s0:c1,c2\"",
                "XFS|nouuid logbsize=256k inode64 allocsize=64k ro",
                "BTRFS|compress compress=zstd:3 compress-force=lzo discard=async space_cache=v2"
            })
    void knownMountOptionsPass(FileSystemType type, String options) {
        type.requireMountOptions(List.of(options.split(" ")));
        FileSystemType.requireMountOptions(null, List.of(options.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXT4|nouuid",
                "EXT4|commit",
                "EXT4|commit=5,loop",
                "EXT4|barrier=0",
                "EXT4|errors=panic",
                "EXT4|data=none",
                "EXT4|context=unquoted",
                "XFS|logdev=/dev/sda",
                "XFS|noatime,loop",
                "BTRFS|device=/dev/sda",
                "BTRFS|compress=zstd:x",
                "BTRFS|degraded",
                "BTRFS|subvol=../x"
            })
    void otherMountOptionsAreNamedInTheRefusal(FileSystemType type, String option) {
        refused(ErrorKind.INVALID, "mount option " + option, () -> type.requireMountOptions(List.of(option)));
    }

    @Test
    void whatNoFileSystemKnowsIsRefusedForAny() {
        refused(ErrorKind.INVALID, "bind", () -> FileSystemType.requireMountOptions(null, List.of("noatime", "bind")));
    }

    @Test
    void mkfsOptionsAreWordsInPairs() {
        assertThat(FileSystemType.EXT4.parseMkfsOptions("-i 65536  -O large_dir,quota"))
                .containsExactly("-i", "65536", "-O", "large_dir,quota");
        assertThat(FileSystemType.XFS.parseMkfsOptions("-m crc=1,reflink=0 -i size=512"))
                .containsExactly("-m", "crc=1,reflink=0", "-i", "size=512");
        assertThat(FileSystemType.BTRFS.parseMkfsOptions(" -m single ")).containsExactly("-m", "single");
        assertThat(FileSystemType.EXT4.parseMkfsOptions(" ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXT4|-E discard",
                "EXT4|-i",
                "EXT4|-i 4096; rm",
                "EXT4|-m $(id)",
                "EXT4|-i 1 -i 2",
                "EXT4|-O ^has_journal",
                "EXT4|/dev/sda",
                "XFS|-m crc=1,uuid=x",
                "XFS|-l logdev=/dev/sda",
                "XFS|-m crc=1,",
                "BTRFS|-d raid0",
                "BTRFS|--csum sha256"
            })
    void otherMkfsOptionsAreRefused(FileSystemType type, String text) {
        refused(ErrorKind.INVALID, "mkfsOptions: ", () -> type.parseMkfsOptions(text));
    }

    @ParameterizedTest
    @EnumSource
    void tooSmallIsToldWithTheLeast(FileSystemType type) {
        type.requireSize(type.minimumBytes());
        refused(ErrorKind.OUT_OF_RANGE, "at least", () -> type.requireSize(type.minimumBytes() - 1));
        assertThat(type.minimumBytes() % (4L << 20))
                .as("sizes come in steps of 4 MiB")
                .isZero();
        assertThat(FileSystemType.named(type.word())).isEqualTo(type);
    }

    @Test
    void anUnknownFileSystemIsNamed() {
        refused(ErrorKind.INVALID, "\"nt?fs\" is not offered", () -> FileSystemType.named("nt\nfs"));
    }

    private static void refused(ErrorKind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }
}
