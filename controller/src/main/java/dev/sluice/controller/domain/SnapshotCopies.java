package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.Objects;
import java.util.Optional;

/** The volumes as which snapshots are brought to other nodes: clones of them that nobody asked for, and no pod uses. */
final class SnapshotCopies {
    private static final long FIRST_EPOCH = 1;

    private final Registry registry;
    private final Families families;
    private final String namespace;

    /** @param namespace where their progress is told, under the snapshot's id: the driver's */
    SnapshotCopies(Registry registry, Families families, String namespace) {
        this.registry = registry;
        this.families = families;
        this.namespace = namespace;
    }

    /** What copies a snapshot that is whole; its bytes as they are, encrypted ones with their header. */
    static VolumeSpec specify(Stored<SnapshotSpec, SnapshotStatus> snapshot, String node, String namespace) {
        SnapshotSpec spec = snapshot.spec();
        SnapshotStatus status = Objects.requireNonNull(snapshot.status(), "only what was taken is copied");
        long bytes = Objects.requireNonNull(status.sizeBytes(), "what was taken has a size");
        return new VolumeSpec(
                snapshot.key(),
                bytes,
                spec.pool(),
                VolumeMode.BLOCK,
                null,
                Placement.PINNED,
                node,
                null,
                FIRST_EPOCH,
                new Origin(OriginKind.SNAPSHOT, snapshot.key(), spec.node(), snapshot.key(), bytes),
                new ClaimReference(namespace, snapshot.key(), null),
                new HydrationSettings(false, spec.maxBytesPerSecond(), 0, null),
                DesiredState.PRESENT,
                null,
                spec.encryption());
    }

    Optional<Stored<VolumeSpec, VolumeStatus>> find(String snapshot, String node) {
        return registry.volumes().find(Names.snapshotCopy(snapshot, node));
    }

    void create(Stored<SnapshotSpec, SnapshotStatus> snapshot, String node) {
        String id = Names.snapshotCopy(snapshot.key(), node);
        registry.volumes().create(id, specify(snapshot, node, namespace));
        families.advance(id);
    }

    /** Orders it away, unless it is already: its node removes it, when it is back if it is dead. */
    void discard(String snapshot, String node) {
        find(snapshot, node)
                .filter(copy -> copy.spec().state() == DesiredState.PRESENT)
                .ifPresent(copy -> {
                    registry.volumes().replace(copy, copy.spec().withState(DesiredState.ABSENT));
                    families.advance(copy.key());
                });
    }
}
