package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.LogicalVolume;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A logical volume: what is on the disks, and its device while active. */
final class FakeVolume {
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_+./=!:&#-]{1,1024}");

    final FakeGroup group;
    final String name;
    final String uuid;
    final @Nullable String pool;
    final @Nullable Integer thinId;
    final Set<String> tags = new TreeSet<>();
    final FakeDisk disk;
    long sizeBytes;

    @Nullable Active active;

    FakeVolume(FakeGroup group, String name, @Nullable String pool, FakeDisk disk, long sizeBytes, Set<String> tags) {
        this.group = group;
        this.name = name;
        this.uuid = group.nextUuid(name);
        this.pool = pool;
        this.thinId = pool == null ? null : group.nextThinId();
        this.disk = disk;
        this.sizeBytes = sizeBytes;
        addTags(tags);
    }

    /** LVM refuses other characters, @ among them. */
    void addTags(Set<String> added) {
        for (String tag : added) {
            if (!TAG.matcher(tag).matches()) {
                throw new SluiceException(ErrorKind.HOST, "Invalid argument for --addtag: " + tag);
            }
        }
        tags.addAll(added);
    }

    void activate(FakeKernel kernel) {
        if (active == null) {
            active = new Active(kernel.nextMapped());
            kernel.add(active);
        }
    }

    LogicalVolume report() {
        return new LogicalVolume(
                group.name,
                group.uuid,
                name,
                uuid,
                sizeBytes,
                pool,
                thinId,
                Set.copyOf(tags),
                active == null ? null : active.identity());
    }

    /** Its device. */
    final class Active extends FakeDevice {
        Active(BlockDevice identity) {
            super(identity);
        }

        FakeDisk disk() {
            return disk;
        }

        @Override
        long sizeBytes() {
            return sizeBytes;
        }

        @Override
        boolean readOnly() {
            return false;
        }

        @Override
        protected long readBlock(long block) {
            return disk.read(block);
        }

        @Override
        protected void writeBlocks(long block, long count, long value) {
            for (long each = block; each < block + count; each++) {
                if (pool != null && !disk.isMapped(each)) {
                    group.requireRoomInPool();
                }
                disk.write(each, value);
            }
        }

        @Override
        protected void discardBlocks(long block, long count) {
            if (pool == null) {
                return;
            }
            for (long each = block; each < block + count; each++) {
                disk.discard(each);
            }
        }

        @Override
        void flush() {
            disk.flush();
        }
    }
}
