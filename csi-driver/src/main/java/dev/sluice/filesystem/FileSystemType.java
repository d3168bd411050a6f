package dev.sluice.filesystem;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A file system a volume may have, and what its mkfs and its mount may be told. */
public enum FileSystemType {
    EXT4(
            4,
            List.of(
                    new MkfsOption("-b", "1024/2048/4096"),
                    new MkfsOption("-i", "<n>"),
                    new MkfsOption("-I", "128/256/512/1024"),
                    new MkfsOption("-m", "<n>"),
                    new MkfsOption("-N", "<n>"),
                    new MkfsOption("-J", "size=<n>"),
                    new MkfsOption("-O", "casefold encrypt fast_commit inline_data large_dir project quota verity")),
            "acl auto_da_alloc barrier[=1] commit=<n> data=journal/ordered/writeback delalloc dioread_nolock init_itable[=<n>]"
                    + " inode_readahead_blks=<n> journal_checksum max_dir_size_kb=<n> noacl noauto_da_alloc nodelalloc"
                    + " noinit_itable prjquota quota stripe=<n> user_xattr"),
    /** mkfs.xfs refuses less than 300 MiB since 5.19. */
    XFS(
            300,
            List.of(
                    new MkfsOption("-b", "size=1024/2048/4096"),
                    new MkfsOption("-d", "agcount=<n> su=<size> sw=<n>"),
                    new MkfsOption("-i", "maxpct=<n> size=256/512/1024/2048 sparse=0/1"),
                    new MkfsOption("-l", "size=<size> su=<size>"),
                    new MkfsOption("-m", "bigtime=0/1 crc=0/1 finobt=0/1 inobtcount=0/1 reflink=0/1 rmapbt=0/1"),
                    new MkfsOption("-n", "size=<size>"),
                    new MkfsOption("-s", "size=512/4096")),
            "allocsize=<size> attr2 filestreams gquota ikeep inode32 inode64 largeio logbsize=<size> logbufs=<n> noalign"
                    + " noikeep nolargeio noquota nouuid pquota prjquota swalloc uquota wsync"),
    /** mkfs.btrfs refuses less than 109 MiB. */
    BTRFS(
            112,
            List.of(
                    new MkfsOption("-m", "dup/single"),
                    new MkfsOption("-n", "4096/8192/16384/32768/65536/4k/8k/16k/32k/64k"),
                    new MkfsOption("-O", "^no-holes no-holes")),
            "acl autodefrag commit=<n> compress[=lzo/zlib/zstd/zstd:<n>/zlib:<n>/no]"
                    + " compress-force[=lzo/zlib/zstd/zstd:<n>/zlib:<n>] datacow datasum discard=async/sync flushoncommit"
                    + " max_inline=<size> metadata_ratio=<n> noacl noautodefrag nodatacow nodatasum noflushoncommit nossd"
                    + " notreelog space_cache=v2 ssd ssd_spread thread_pool=<n> treelog user_subvol_rm_allowed");

    /** What a mount of any file system may be told; ro means that pods get it by a read-only bind. */
    public static final Vocabulary ANY_MOUNT =
            new Vocabulary("discard dirsync lazytime noatime nodev nodiratime nodiscard"
                    + " noexec nosuid relatime ro rw strictatime sync context=<label>");

    private final long minimumMebibytes;
    private final List<MkfsOption> mkfsOptions;
    private final Vocabulary mountOptions;

    FileSystemType(long minimumMebibytes, List<MkfsOption> mkfsOptions, String mountOptions) {
        this.minimumMebibytes = minimumMebibytes;
        this.mkfsOptions = mkfsOptions;
        this.mountOptions = new Vocabulary(mountOptions);
    }

    /** As in a class, in mount(2) and behind "mkfs.". */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<FileSystemType> find(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }

    public static FileSystemType named(String word) {
        return find(word)
                .orElseThrow(() -> invalid(
                        "file system \"" + Vocabulary.printable(word) + "\" is not offered; offered are " + words()));
    }

    public static String words() {
        return Arrays.stream(values()).map(FileSystemType::word).collect(Collectors.joining(", "));
    }

    public long minimumBytes() {
        return minimumMebibytes << 20;
    }

    public List<MkfsOption> mkfsOptions() {
        return mkfsOptions;
    }

    public Vocabulary mountOptions() {
        return mountOptions;
    }

    /** @param fsType null for a request that leaves the file system to its source: what none of them knows is wrong in any case */
    public static void requireMountOptions(@Nullable String fsType, List<String> options) {
        if (fsType == null) {
            requireMountOptionsOfAny(options);
        } else {
            named(fsType).requireMountOptions(options);
        }
    }

    public void requireMountOptions(List<String> options) {
        for (String option : options) {
            if (!ANY_MOUNT.has(option) && !mountOptions.has(option)) {
                throw invalid("mount option " + Vocabulary.printable(option) + " is not offered for " + word()
                        + "; offered are " + ANY_MOUNT + " " + mountOptions);
            }
        }
    }

    private static void requireMountOptionsOfAny(List<String> options) {
        for (String option : options) {
            boolean known =
                    ANY_MOUNT.has(option) || Arrays.stream(values()).anyMatch(type -> type.mountOptions.has(option));
            if (!known) {
                throw invalid("mount option " + Vocabulary.printable(option) + " is not offered for any file system");
            }
        }
    }

    public void requireSize(long bytes) {
        if (bytes < minimumBytes()) {
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "a volume with " + word() + " has at least " + minimumMebibytes + "Mi, not " + bytes + " bytes");
        }
    }

    /** Words of mkfs, flag and value in turn, from one string of a class. Empty text is no options. */
    public List<String> parseMkfsOptions(String text) {
        List<String> words = text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
        for (int at = 0; at < words.size(); at += 2) {
            String flag = words.get(at);
            MkfsOption option = mkfsOptions.stream()
                    .filter(each -> each.flag().equals(flag))
                    .findFirst()
                    .orElseThrow(() -> invalid("mkfsOptions: " + Vocabulary.printable(flag) + " is not offered for "
                            + word() + "; offered are "
                            + mkfsOptions.stream().map(MkfsOption::toString).collect(Collectors.joining("; "))));
            if (words.subList(0, at).contains(flag)) {
                throw invalid("mkfsOptions: " + flag + " is given twice");
            }
            if (at + 1 == words.size() || !option.allows(words.get(at + 1))) {
                throw invalid("mkfsOptions: " + flag + " of " + word() + " takes " + option.values() + ", not "
                        + (at + 1 == words.size() ? "nothing" : Vocabulary.printable(words.get(at + 1))));
            }
        }
        return words;
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(ErrorKind.INVALID, message);
    }
}
