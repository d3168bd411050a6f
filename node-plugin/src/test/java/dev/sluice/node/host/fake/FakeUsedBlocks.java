package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.ByteRange;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.UsedBlocks;
import java.util.List;

/** Mappings of thin volumes, in chunks, as of a metadata snapshot, of which a pool holds one at most: through a power cut too. */
final class FakeUsedBlocks implements UsedBlocks {
    enum Held {
        NOT,
        OURS,
        ANOTHERS
    }

    private final FakeLogicalVolumes volumes;
    private final Faults faults;

    FakeUsedBlocks(FakeLogicalVolumes volumes, Faults faults) {
        this.volumes = volumes;
        this.faults = faults;
    }

    @Override
    public List<ByteRange> of(LogicalVolume wanted) {
        FakeGroup group = volumes.group(wanted.volumeGroup());
        release(group);
        faults.mutate("UsedBlocks.reserve " + group.name, () -> {
            if (group.metadataSnapshot != Held.NOT) {
                throw new SluiceException(ErrorKind.UNAVAILABLE, "the pool holds another's metadata snapshot");
            }
            group.metadataSnapshot = Held.OURS;
        });
        List<ByteRange> used = faults.look("UsedBlocks.of " + wanted.name(), () -> {
            FakeVolume volume = group.volumes.get(wanted.name());
            if (volume == null || !volume.uuid.equals(wanted.uuid()) || volume.pool == null || volume.active == null) {
                throw new SluiceException(ErrorKind.HOST, wanted.name() + " is not an active thin volume");
            }
            return volume.disk.mappedRanges(FakePools.CHUNK / FakeHost.BLOCK).stream()
                    .map(range -> new ByteRange(range.offset() * FakeHost.BLOCK, range.bytes() * FakeHost.BLOCK))
                    .toList();
        });
        release(group);
        return used;
    }

    @Override
    public void sweep(PoolSettings pool) {
        release(volumes.group(pool.volumeGroup()));
    }

    private void release(FakeGroup group) {
        if (group.metadataSnapshot == Held.OURS) {
            faults.mutate("UsedBlocks.release " + group.name, () -> {
                group.metadataSnapshot = Held.NOT;
            });
        }
    }
}
