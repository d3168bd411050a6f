package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.LogicalVolumes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

final class FakeLogicalVolumes implements LogicalVolumes {
    /** A plain volume shows what the disk held before: anything but zeros. */
    static final long GARBAGE = 0x6172626167650000L;

    private static final long EXTENT = 4L << 20;

    private final FakeKernel kernel;
    private final Faults faults;
    private final Map<String, FakeGroup> groups = new LinkedHashMap<>();

    FakeLogicalVolumes(FakeKernel kernel, Faults faults) {
        this.kernel = kernel;
        this.faults = faults;
    }

    void addGroup(FakeGroup group) {
        groups.put(group.name, group);
    }

    FakeGroup group(String name) {
        FakeGroup group = groups.get(name);
        if (group == null) {
            throw new SluiceException(ErrorKind.HOST, "volume group " + name + " not found");
        }
        return group;
    }

    @Override
    public List<LogicalVolume> list() {
        return faults.look(
                "LogicalVolumes.list",
                () -> groups.values().stream()
                        .flatMap(group -> group.volumes.values().stream())
                        .map(FakeVolume::report)
                        .toList());
    }

    @Override
    public Optional<LogicalVolume> find(String volumeGroup, String name) {
        return faults.look(
                "LogicalVolumes.find " + volumeGroup + "/" + name,
                () -> Optional.ofNullable(group(volumeGroup).volumes.get(name)).map(FakeVolume::report));
    }

    @Override
    public LogicalVolume ensure(LogicalVolumeRequest request) {
        return faults.mutate("LogicalVolumes.ensure " + request.volumeGroup() + "/" + request.name(), () -> {
            FakeGroup group = group(request.volumeGroup());
            FakeVolume volume = group.volumes.get(request.name());
            if (volume == null) {
                volume = create(group, request);
                group.volumes.put(volume.name, volume);
            }
            volume.activate(kernel);
            return volume.report();
        });
    }

    private static FakeVolume create(FakeGroup group, LogicalVolumeRequest request) {
        return switch (request) {
            case LogicalVolumeRequest.Thin thin -> {
                requirePoolRoom(group);
                yield new FakeVolume(
                        group, thin.name(), thin.pool(), new FakeDisk(0), roundUp(thin.sizeBytes()), thin.tags());
            }
            case LogicalVolumeRequest.ThinSnapshot snapshot -> {
                requirePoolRoom(group);
                FakeVolume origin = existing(group, snapshot.origin());
                yield new FakeVolume(
                        group, snapshot.name(), origin.pool, origin.disk.snapshot(), origin.sizeBytes, snapshot.tags());
            }
            case LogicalVolumeRequest.Plain plain -> {
                if (group.freeBytes() < roundUp(plain.sizeBytes())) {
                    throw new SluiceException(ErrorKind.NO_SPACE, "volume group " + group.name + " has no room");
                }
                yield new FakeVolume(
                        group, plain.name(), null, new FakeDisk(GARBAGE), roundUp(plain.sizeBytes()), plain.tags());
            }
        };
    }

    private static void requirePoolRoom(FakeGroup group) {
        if (!group.poolMade) {
            throw new SluiceException(ErrorKind.HOST, "volume group " + group.name + " has no thin pool");
        }
        if (group.usedPoolBytes() >= group.poolBytes) {
            throw new SluiceException(ErrorKind.NO_SPACE, "thin pool of " + group.name + " is full");
        }
    }

    @Override
    public LogicalVolume retag(LogicalVolume volume, Set<String> remove, Set<String> add) {
        return faults.mutate("LogicalVolumes.retag " + volume.name() + " -" + remove + " +" + add, () -> {
            FakeVolume found = existing(group(volume.volumeGroup()), volume.name());
            found.tags.removeAll(remove);
            found.addTags(add);
            return found.report();
        });
    }

    @Override
    public LogicalVolume extend(LogicalVolume volume, long sizeBytes) {
        return faults.mutate("LogicalVolumes.extend " + volume.name() + " " + sizeBytes, () -> {
            FakeVolume found = existing(group(volume.volumeGroup()), volume.name());
            found.sizeBytes = Math.max(found.sizeBytes, roundUp(sizeBytes));
            return found.report();
        });
    }

    @Override
    public void remove(String volumeGroup, String lvUuid) {
        faults.mutate("LogicalVolumes.remove " + volumeGroup + "/" + lvUuid, () -> {
            FakeGroup group = group(volumeGroup);
            group.volumes.values().stream()
                    .filter(volume -> volume.uuid.equals(lvUuid))
                    .findFirst()
                    .ifPresent(volume -> removeFrom(group, volume));
        });
    }

    private void removeFrom(FakeGroup group, FakeVolume volume) {
        FakeDevice active = volume.active;
        if (active != null) {
            if (!active.users().isEmpty()) {
                throw new SluiceException(ErrorKind.IN_USE, volume.name + " is in use by " + active.users());
            }
            kernel.remove(active);
        }
        group.volumes.remove(volume.name);
    }

    void losePower() {
        groups.values().stream()
                .flatMap(group -> group.volumes.values().stream())
                .forEach(volume -> {
                    volume.active = null;
                    volume.disk.losePower();
                });
    }

    private static FakeVolume existing(FakeGroup group, String name) {
        FakeVolume volume = group.volumes.get(name);
        if (volume == null) {
            throw new SluiceException(ErrorKind.HOST, "logical volume " + group.name + "/" + name + " not found");
        }
        return volume;
    }

    private static long roundUp(long bytes) {
        return Math.ceilDiv(bytes, EXTENT) * EXTENT;
    }
}
