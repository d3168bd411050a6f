package dev.sluice.node.stack;

import dev.sluice.api.SnapshotSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.PoolSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes and removes snapshots of this node's volumes: thin snapshots, crash-consistent. */
public final class Snapshots {
    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
    static final String CREATED = "sluice.created=";

    private final Host host;
    private final PoolDirectory pools;
    private final Clock clock;

    public Snapshots(Host host, PoolDirectory pools, Clock clock) {
        this.host = host;
        this.pools = pools;
        this.clock = clock;
    }

    /** Takes it once; later calls find it again. UNAVAILABLE while the source is itself hydrating. */
    public SnapshotFacts take(String id, SnapshotSpec spec) {
        PoolSettings pool = pools.named(spec.pool());
        Optional<LogicalVolume> taken = host.logicalVolumes().find(pool.volumeGroup(), id);
        if (taken.isEmpty()) {
            VolumeStacks.requireWhole(host, pool, spec.sourceVolume());
            settle(spec.sourceVolume());
        }
        Set<String> tags = Set.of(
                "sluice.snapshot-of=" + spec.sourceVolume(),
                CREATED + clock.instant().getEpochSecond());
        LogicalVolume snapshot = host.logicalVolumes()
                .ensure(new LogicalVolumeRequest.ThinSnapshot(pool.volumeGroup(), spec.sourceVolume(), id, tags));
        return new SnapshotFacts(snapshot.uuid(), snapshot.sizeBytes(), created(snapshot));
    }

    /** Removes exactly the snapshot of this UUID; without one, nothing was taken that could be known. */
    public void remove(String id, SnapshotSpec spec, @Nullable String lvUuid) {
        String group = pools.named(spec.pool()).volumeGroup();
        Optional<LogicalVolume> found = host.logicalVolumes().find(group, id);
        if (found.isEmpty()) {
            return;
        }
        if (lvUuid != null && !found.get().uuid().equals(lvUuid)) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "snapshot " + id + " has LV UUID " + found.get().uuid() + ", the order to remove names " + lvUuid
                            + ". It is left alone.");
        }
        host.logicalVolumes().remove(group, found.get().uuid());
    }

    /**
     * What the file system of a mounted source does not use need not be held, nor ever be copied; and what waits in its journal would be
     * replayed by each clone over the network, before its pod may start.
     */
    void settle(String volumeId) {
        Optional<MappedDevice> outer = host.deviceMapper().find(Names.outerDevice(volumeId));
        if (outer.isEmpty()) {
            return;
        }
        String number = outer.get().device().number();
        Optional<MountPoint> mount = host.mounts().list().stream()
                .filter(candidate -> candidate.deviceNumber().equals(number) && !candidate.readOnly())
                .findFirst();
        if (mount.isEmpty()) {
            return;
        }
        try {
            Path mountPoint = Path.of(mount.get().path());
            host.fileSystems().trim(mountPoint);
            host.fileSystems().checkpoint(mountPoint);
        } catch (SluiceException notSettled) {
            log.info("volume {} is snapshotted as it is: {}", volumeId, notSettled.getMessage());
        }
    }

    static Instant created(LogicalVolume snapshot) {
        return snapshot.tags().stream()
                .filter(tag -> tag.startsWith(CREATED))
                .map(tag -> Instant.ofEpochSecond(Long.parseLong(tag.substring(CREATED.length()))))
                .findFirst()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST,
                        "logical volume " + snapshot.name() + " is not a snapshot of Sluice's; it is left alone"));
    }
}
