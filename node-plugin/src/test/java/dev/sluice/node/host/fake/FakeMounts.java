package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Mounts are only remembered: no folder is made. A bind of a device node counts as an opener of the device. */
final class FakeMounts implements Mounts {
    private record Mount(
            MountPoint point,
            @Nullable FakeDevice mounted,
            @Nullable FakeDevice node) {}

    private final FakeKernel kernel;
    private final Faults faults;
    private final List<Mount> mounts = new ArrayList<>();

    FakeMounts(FakeKernel kernel, Faults faults) {
        this.kernel = kernel;
        this.faults = faults;
    }

    @Override
    public List<MountPoint> list() {
        return faults.look(
                "Mounts.list", () -> mounts.stream().map(Mount::point).toList());
    }

    @Override
    public void ensure(BlockDevice device, Path path, String fsType, List<String> options) {
        faults.mutate("Mounts.ensure " + device.path() + " " + path + " " + options, () -> {
            Optional<Mount> there = at(path);
            if (there.isPresent()) {
                requireSame(there.get(), device.number(), path);
                return;
            }
            FakeDevice source = kernel.device(device);
            long superblock = source.read(0);
            if (!FakeFileSystems.typeOf(superblock).equals(Optional.of(fsType))) {
                throw new SluiceException(
                        ErrorKind.HOST, "mount " + device.path() + " on " + path + ": wrong fs type, bad superblock");
            }
            requireUnique(source, superblock, fsType, options);
            source.claim(FakeDevice.Claim.MOUNT, path.toString());
            kernel.pageCache.mount(source);
            boolean readOnly = options.contains("ro");
            mounts.add(new Mount(new MountPoint(device.number(), path.toString(), fsType, readOnly), source, null));
        });
    }

    private void requireUnique(FakeDevice source, long superblock, String fsType, List<String> options) {
        boolean doubled = mounts.stream()
                .map(Mount::mounted)
                .filter(Objects::nonNull)
                .anyMatch(other -> !other.equals(source) && other.read(0) == superblock);
        if (doubled && fsType.equals("xfs") && !options.contains("nouuid")) {
            throw new SluiceException(ErrorKind.HOST, "XFS: Filesystem has duplicate UUID, can't mount");
        }
        if (doubled && fsType.equals("btrfs")) {
            throw new SluiceException(ErrorKind.HOST, "BTRFS: duplicate device: File exists");
        }
    }

    @Override
    public void ensureBind(Path source, Path target, boolean readOnly) {
        faults.mutate("Mounts.ensureBind " + source + " " + target, () -> {
            FakeDevice node = kernel.find(source.toString()).orElse(null);
            String number = node != null
                    ? node.identity().number()
                    : at(source).map(mount -> mount.point().deviceNumber()).orElse("254:0");
            Optional<Mount> there = at(target);
            if (there.isPresent()) {
                requireSame(there.get(), number, target);
                return;
            }
            if (node != null) {
                node.open(target.toString());
            }
            String type = node != null
                    ? "devtmpfs"
                    : at(source).map(mount -> mount.point().fsType()).orElse("ext4");
            mounts.add(new Mount(new MountPoint(number, target.toString(), type, readOnly), null, node));
        });
    }

    private static void requireSame(Mount there, String number, Path path) {
        if (!there.point().deviceNumber().equals(number)) {
            throw new SluiceException(
                    ErrorKind.HOST, path + " is a mount of " + there.point().deviceNumber() + ", not of " + number);
        }
    }

    @Override
    public void remove(Path path) {
        faults.mutate(
                "Mounts.remove " + path,
                () -> at(path).ifPresent(mount -> {
                    boolean bound = mount.mounted() != null
                            && mounts.stream()
                                    .anyMatch(other -> other.mounted() == null
                                            && other.point()
                                                    .deviceNumber()
                                                    .equals(mount.point().deviceNumber()));
                    if (mount.mounted() != null && !bound) {
                        flushAsFarAsItGoes(mount.mounted());
                        mount.mounted().release(FakeDevice.Claim.MOUNT, path.toString());
                    }
                    if (mount.node() != null) {
                        mount.node().close(path.toString());
                    }
                    mounts.remove(mount);
                }));
    }

    /** As umount(2): a file system that can write no more is unmounted all the same. */
    private void flushAsFarAsItGoes(FakeDevice device) {
        try {
            kernel.pageCache.unmount(device);
            device.flush();
        } catch (IoError broken) {
            // What was not written is lost, as it was before.
        }
    }

    /** The device of the file system that is seen at the path. */
    FakeDevice deviceAt(Path path) {
        return at(path).map(mount -> kernel.device(mount.point().deviceNumber()))
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, path + " is not mounted"));
    }

    private Optional<Mount> at(Path path) {
        return mounts.reversed().stream()
                .filter(mount -> mount.point().path().equals(path.toString()))
                .findFirst();
    }

    void losePower() {
        mounts.clear();
    }
}
