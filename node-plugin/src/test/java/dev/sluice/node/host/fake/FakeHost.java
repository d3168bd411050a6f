package dev.sluice.node.host.fake;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.Latencies;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.ProcessorTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * One fake machine. {@link #host()} is what production code gets; the rest is for tests: content, the background copy, openers, and the ways
 * a machine ends. Its thin pools exist from the start.
 */
public final class FakeHost {
    public static final long BLOCK = 4096;
    public static final long SECTOR = 512;
    /** Value of a block that holds old bytes the file system no longer uses: a trim may drop it, checksums ignore it. */
    public static final long FREED = Long.MIN_VALUE;

    static final long SECTORS_PER_BLOCK = BLOCK / SECTOR;

    private final String name;
    private final String address;
    private final Faults faults;
    private final FakeKernel kernel = new FakeKernel();
    private final FakeLogicalVolumes volumes;
    private final FakePools pools;
    private final FakeDeviceMapper mapper;
    private final FakeIscsiTargets targets;
    private final FakeIscsiSessions sessions;
    private final FakeMounts mounts;
    private final FakeFileSystems fileSystems;
    private final FakeBlockDevices blockDevices;
    private final FakeDeviceRanges ranges;
    private final FakeUsedBlocks usedBlocks;
    private final FakePauses pauses;
    private final FakeLuks luks;
    private final FakeLatencyCounters latencies;
    private volatile boolean goesDown;
    private boolean up = true;

    public FakeHost(String name, String address, FakeNetwork network, PoolSettings... settings) {
        this.name = name;
        this.address = address;
        this.faults = new Faults(network.lock);
        this.volumes = new FakeLogicalVolumes(kernel, faults);
        this.pools = new FakePools(volumes, faults);
        this.mapper = new FakeDeviceMapper(kernel, faults);
        this.targets = new FakeIscsiTargets(kernel, faults);
        this.sessions = new FakeIscsiSessions(this, network, kernel, faults);
        this.mounts = new FakeMounts(kernel, faults);
        this.fileSystems = new FakeFileSystems(kernel, mounts, faults);
        this.blockDevices = new FakeBlockDevices(kernel, faults);
        this.ranges = new FakeDeviceRanges(kernel, network, faults);
        this.usedBlocks = new FakeUsedBlocks(volumes, faults);
        this.luks = new FakeLuks(kernel, faults);
        this.latencies = new FakeLatencyCounters(mapper, faults);
        this.pauses = new FakePauses(kernel, mapper, luks, faults);
        for (PoolSettings pool : settings) {
            FakeGroup group = new FakeGroup(name, pool.volumeGroup());
            group.poolMade = true;
            volumes.addGroup(group);
        }
        network.join(this);
    }

    public Host host() {
        return new Host(
                volumes,
                pools,
                mapper,
                targets,
                sessions,
                mounts,
                fileSystems,
                blockDevices,
                ranges,
                usedBlocks,
                pauses,
                luks,
                latencies,
                () -> ProcessorTime.NONE,
                () -> goesDown);
    }

    public String name() {
        return name;
    }

    public String address() {
        return address;
    }

    /** Where its targets listen. */
    public String portal() {
        return address + ":3260";
    }

    public String initiatorName() {
        return "iqn.1993-08.org.debian:01:" + name;
    }

    public Faults faults() {
        return faults;
    }

    /** Until the power is off. */
    public void beginShutdown() {
        goesDown = true;
    }

    /** Power goes: mapped devices, sessions, targets, mounts, unflushed writes and uncommitted bitmaps are lost. Back with all LVs inactive. */
    public void powerCut() {
        powerOff();
        boot();
    }

    public void powerOff() {
        faults.locked(() -> {
            up = false;
            mounts.losePower();
            targets.losePower();
            sessions.losePower();
            luks.losePower();
            mapper.losePower();
            volumes.losePower();
            kernel.losePower();
            goesDown = false;
            return true;
        });
    }

    public void boot() {
        faults.locked(() -> {
            up = true;
            faults.on();
            return true;
        });
    }

    /** The process died, the kernel did not. */
    public void restartPlugin() {
        faults.locked(() -> {
            faults.on();
            return true;
        });
    }

    public void write(BlockDevice device, long block, long value) {
        write(device, block, 1, value);
    }

    /** One write of so many blocks with the same value; IoError when it fails or would wait. */
    public void write(BlockDevice device, long block, long count, long value) {
        run(() -> kernel.device(device).write(block, count, value));
    }

    public long read(BlockDevice device, long block) {
        return get(() -> kernel.device(device).read(block));
    }

    public void discard(BlockDevice device, long block, long count) {
        run(() -> kernel.device(device).discard(block, count));
    }

    /** What a pod's fsync does. */
    public void fsync(BlockDevice device) {
        run(() -> {
            kernel.pageCache.writeBack(kernel.device(device));
            kernel.device(device).flush();
        });
    }

    /** A pod's write to a file system that is mounted from the device: in memory, until something writes it out. */
    public void writeFile(BlockDevice device, long block, long value) {
        run(() -> kernel.pageCache.write(kernel.device(device), block, value));
    }

    /** Over all blocks that are in use, with their places. */
    public long checksum(BlockDevice device) {
        return checksum(device, get(() -> kernel.device(device).sizeBytes()));
    }

    /** Over the first bytes only: the clone of a smaller source. */
    public long checksum(BlockDevice device, long bytes) {
        return get(() -> {
            FakeDevice read = kernel.device(device);
            long sum = 0;
            for (long block = 0; block < bytes / BLOCK; block++) {
                if (!read.isUnused(block)) {
                    sum += Objects.hash(block, read.read(block)) * 0x9e3779b97f4a7c15L;
                }
            }
            return sum;
        });
    }

    /** Blocks the pool holds for this logical volume. */
    public long usedBlocks(String volumeGroup, String volume) {
        return get(
                () -> Objects.requireNonNull(volumes.group(volumeGroup).volumes.get(volume), volume)
                        .disk
                        .mappedBlocks());
    }

    /** Background copy of one clone device, at most so many regions, when it is switched on; how many were copied. */
    public int hydrate(String cloneDevice, int regions) {
        return get(() -> mapper.existing(cloneDevice).isSuspended()
                ? 0
                : mapper.cloneTarget(cloneDevice).hydrate(regions));
    }

    /** Whether what is begun by a message arrives before anyone looks. */
    public void arriveAtOnce(String cloneDevice, boolean atOnce) {
        run(() -> mapper.cloneTarget(cloneDevice).arriveAtOnce(atOnce));
    }

    /** The session was away for longer than its timeout: the kernel gave up the one path of this source. */
    public void failPath(String sourceDevice) {
        run(() -> ((MultipathTarget)
                        mapper.existing(sourceDevice).segments().getFirst().target())
                .failPath());
    }

    /** A pod that always has I/O in flight on this device, or has no more. */
    public void keepBusy(String mappedDevice, boolean busy) {
        run(() -> mapper.existing(mappedDevice).busy = busy);
    }

    /** So many requests of a pod are under way to this device whenever someone looks, and leave the engine moments. */
    public void keepWaiting(String mappedDevice, long requests) {
        run(() -> mapper.existing(mappedDevice).waiting = requests);
    }

    /** So many requests of a pod to this device ended, each after this time. */
    public void endRequests(String mappedDevice, long count, Duration after) {
        run(() -> {
            DmDevice device = mapper.existing(mappedDevice);
            Latencies counted = device.counted;
            if (counted != null) {
                device.counted = counted.plus(Latencies.of(count, after.toNanos()));
            }
        });
    }

    /** Background copy of every clone on this host to its end, as far as sources can be read. */
    public void hydrateAll() {
        run(() -> mapper.cloneTargets().forEach(clone -> clone.hydrate(Integer.MAX_VALUE)));
    }

    /** The commit that the kernel makes each second. */
    public void commit(String cloneDevice) {
        run(() -> mapper.commit(cloneDevice));
    }

    /** Its metadata could not be committed: mode ro, and the bitmap on disk counts again. */
    public void breakMetadata(String cloneDevice) {
        run(() -> mapper.breakMetadata(cloneDevice, CloneTarget.Mode.RO));
    }

    /** Mode Fail: every I/O ends in an error. */
    public void failClone(String cloneDevice) {
        run(() -> mapper.breakMetadata(cloneDevice, CloneTarget.Mode.FAIL));
    }

    /** Someone opens the device, not exclusively: a pod with a raw block volume, a backup tool. */
    public void open(BlockDevice device, String who) {
        run(() -> kernel.device(device).open(who));
    }

    public void close(BlockDevice device, String who) {
        run(() -> kernel.device(device).close(who));
    }

    /** A clock that only a test moves: what the kernel and a process measure time with. */
    public long nanoTime() {
        return get(() -> kernel.nanoTime);
    }

    public void letPass(Duration time) {
        run(() -> kernel.nanoTime += time.toNanos());
    }

    /** What a crash between create and load of a mapped device leaves. */
    public void halfCreate(String mappedDevice, String uuid) {
        mapper.halfCreate(mappedDevice, uuid);
    }

    /** A crash after suspend left it so. */
    public void suspend(String mappedDevice) {
        run(() -> mapper.existing(mappedDevice).suspend());
    }

    /** The deadline of the pause that is held comes now, whatever its holder does. */
    public void endPause() {
        run(pauses::expire);
    }

    public void poolBytes(String volumeGroup, long bytes) {
        run(() -> volumes.group(volumeGroup).poolBytes = bytes);
    }

    /** Room for plain volumes, the ones that exist included. */
    public void groupBytes(String volumeGroup, long bytes) {
        run(() -> volumes.group(volumeGroup).groupBytes = bytes);
    }

    /** An administrator looks into the pool's metadata, and has not ended. */
    public void holdMetadataSnapshot(String volumeGroup) {
        run(() -> volumes.group(volumeGroup).metadataSnapshot = FakeUsedBlocks.Held.ANOTHERS);
    }

    /** Whether the pool holds a metadata snapshot of ours. */
    public boolean hasMetadataSnapshot(String volumeGroup) {
        return get(() -> volumes.group(volumeGroup).metadataSnapshot == FakeUsedBlocks.Held.OURS);
    }

    /** Everything that lives in this kernel, for leak checks: empty when nothing of ours is left. */
    public List<String> leftovers() {
        return get(() -> {
            Host ports = host();
            List<String> left = new ArrayList<>();
            ports.logicalVolumes().list().forEach(each -> left.add("lv " + each.name()));
            ports.deviceMapper().list().forEach(each -> left.add("dm " + each.name()));
            luks.names().forEach(each -> left.add("luks " + each));
            ports.targets().list().forEach(each -> left.add("target " + each.iqn()));
            ports.sessions().list().forEach(each -> left.add("session " + each.iqn()));
            ports.mounts().list().forEach(each -> left.add("mount " + each.path()));
            return left;
        });
    }

    boolean isUp() {
        return up;
    }

    FakeIscsiTargets fakeTargets() {
        return targets;
    }

    private <T> T get(Supplier<T> action) {
        return faults.locked(action);
    }

    private void run(Runnable action) {
        faults.locked(() -> {
            action.run();
            return true;
        });
    }
}
