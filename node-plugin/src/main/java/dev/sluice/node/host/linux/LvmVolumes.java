package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.LogicalVolumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Logical volumes through the lvm tool; one report at the start, then the kernel's and our own knowledge. */
public final class LvmVolumes implements LogicalVolumes {
    private final Lvm lvm;
    private final LvmDevices devices;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable LvmInventory inventory;

    LvmVolumes(Lvm lvm, LvmDevices devices) {
        this.lvm = lvm;
        this.devices = devices;
    }

    @Override
    public List<LogicalVolume> list() {
        return locked(() -> inventory().all());
    }

    @Override
    public Optional<LogicalVolume> find(String volumeGroup, String name) {
        return locked(() -> inventory().find(volumeGroup, name));
    }

    @Override
    public LogicalVolume ensure(LogicalVolumeRequest request) {
        return changing(() -> {
            Optional<LogicalVolume> existing = inventory().find(request.volumeGroup(), request.name());
            return existing.isPresent() ? active(existing.get()) : create(request);
        });
    }

    private LogicalVolume active(LogicalVolume volume) {
        Optional<LogicalVolume> running = running(volume);
        if (running.isPresent()) {
            return kept(running.get());
        }
        String path = volume.volumeGroup() + "/" + volume.name();
        lvm.run("activate " + path, "lvchange", List.of("-ay", "-K", path));
        return kept(running(volume).orElseThrow(() -> missing(path)));
    }

    private LogicalVolume create(LogicalVolumeRequest request) {
        String path = request.volumeGroup() + "/" + request.name();
        lvm.run("create " + path, "lvcreate", createArguments(request));
        lvm.devices().forEach(LinuxBlockDevices::flush);
        return kept(devices.find(request.volumeGroup(), request.name(), poolOf(request), request.tags())
                .orElseThrow(() -> missing(path)));
    }

    static List<String> createArguments(LogicalVolumeRequest request) {
        List<String> arguments = new ArrayList<>(List.of("-n", request.name()));
        new TreeSet<>(request.tags()).forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
        switch (request) {
            case LogicalVolumeRequest.Thin thin ->
                arguments.addAll(
                        List.of("-V", thin.sizeBytes() + "b", "--thinpool", thin.volumeGroup() + "/" + thin.pool()));
            // Snapshots are born with the activation-skip flag, which would leave them inactive after a reboot.
            case LogicalVolumeRequest.ThinSnapshot snapshot ->
                arguments.addAll(List.of("-s", "-kn", snapshot.volumeGroup() + "/" + snapshot.origin()));
            // No wiping: the content is the caller's affair, and wiping would let blkid read the device.
            case LogicalVolumeRequest.Plain plain ->
                arguments.addAll(List.of("-L", plain.sizeBytes() + "b", "-Wn", "-Zn", plain.volumeGroup()));
        }
        return arguments;
    }

    private @Nullable String poolOf(LogicalVolumeRequest request) {
        return switch (request) {
            case LogicalVolumeRequest.Thin thin -> thin.pool();
            case LogicalVolumeRequest.ThinSnapshot snapshot ->
                inventory()
                        .find(snapshot.volumeGroup(), snapshot.origin())
                        .map(LogicalVolume::pool)
                        .orElse(null);
            case LogicalVolumeRequest.Plain plain -> null;
        };
    }

    @Override
    public LogicalVolume retag(LogicalVolume volume, Set<String> remove, Set<String> add) {
        return changing(() -> {
            LogicalVolume current = current(volume);
            Set<String> tags = new TreeSet<>(current.tags());
            tags.removeAll(remove);
            tags.addAll(add);
            if (tags.equals(current.tags())) {
                return current;
            }
            List<String> arguments = new ArrayList<>();
            current.tags().stream()
                    .filter(tag -> !tags.contains(tag))
                    .forEach(tag -> arguments.addAll(List.of("--deltag", tag)));
            tags.stream()
                    .filter(tag -> !current.tags().contains(tag))
                    .forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
            String path = current.volumeGroup() + "/" + current.name();
            arguments.add(path);
            lvm.run("tag " + path, "lvchange", arguments);
            lvm.devices().forEach(LinuxBlockDevices::flush);
            return kept(copy(current, Set.copyOf(tags), current.active()));
        });
    }

    @Override
    public LogicalVolume extend(LogicalVolume volume, long sizeBytes) {
        return changing(() -> {
            LogicalVolume current = current(volume);
            if (current.sizeBytes() >= sizeBytes) {
                return current;
            }
            String path = current.volumeGroup() + "/" + current.name();
            lvm.run("extend " + path, "lvextend", List.of("-L", sizeBytes + "b", path));
            return kept(running(current).orElseThrow(() -> missing(path)));
        });
    }

    @Override
    public void remove(String volumeGroup, String lvUuid) {
        changing(() -> {
            Optional<LogicalVolume> found = inventory().byUuid(volumeGroup, lvUuid);
            found.ifPresent(volume -> {
                String path = volumeGroup + "/" + volume.name();
                lvm.run("remove " + path, "lvremove", List.of("-f", "-S", "lv_uuid=" + lvUuid, path));
                inventory().remove(volume);
            });
            return found.isPresent();
        });
    }

    /** Bytes of the group that no volume has. */
    long freeBytes(String volumeGroup) {
        return locked(() -> inventory().freeBytes(volumeGroup));
    }

    /** After something else, such as a new pool, changed the group. */
    void forget() {
        locked(() -> {
            inventory = null;
            return true;
        });
    }

    private LogicalVolume current(LogicalVolume volume) {
        return inventory()
                .byUuid(volume.volumeGroup(), volume.uuid())
                .orElseThrow(() -> missing(volume.volumeGroup() + "/" + volume.name()));
    }

    /** As the kernel has it now, provided it is this very volume. */
    private Optional<LogicalVolume> running(LogicalVolume volume) {
        return devices.find(volume.volumeGroup(), volume.name(), volume.pool(), volume.tags())
                .filter(found -> found.uuid().equals(volume.uuid()));
    }

    private static LogicalVolume copy(LogicalVolume volume, Set<String> tags, @Nullable BlockDevice active) {
        return new LogicalVolume(
                volume.volumeGroup(),
                volume.vgUuid(),
                volume.name(),
                volume.uuid(),
                volume.sizeBytes(),
                volume.pool(),
                volume.thinId(),
                tags,
                active);
    }

    private LogicalVolume kept(LogicalVolume volume) {
        inventory().put(volume);
        return volume;
    }

    private static SluiceException missing(String path) {
        return new SluiceException(ErrorKind.HOST, "logical volume " + path + " is not active, or not there");
    }

    private LvmInventory inventory() {
        if (inventory == null) {
            inventory = LvmInventory.parse(lvm.report("lvs", LvmInventory.FIELDS));
        }
        return inventory;
    }

    /** A command that failed may have done its work all the same: what was known is read again. */
    private <T> T changing(Supplier<T> change) {
        return locked(() -> {
            try {
                return change.get();
            } catch (SluiceException e) {
                inventory = null;
                throw e;
            }
        });
    }

    /** Whoever holds it may go on changing. */
    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
