package dev.sluice.controller.domain;

import java.time.Clock;

/** What the controller can do, wired over one registry. */
public record Operations(
        VolumeCreation creation,
        Removal removal,
        VolumeChanges changes,
        VolumeQueries queries,
        SnapshotOperations snapshots,
        GroupSnapshotOperations groupSnapshots,
        Families families,
        Moves moves) {

    /** @param namespace the driver's */
    public static Operations over(Registry registry, Clock clock, String namespace) {
        Families families = new Families(registry, clock);
        Sources sources = new Sources(registry);
        Removal removal = new Removal(registry, families);
        VolumeQueries queries = new VolumeQueries(registry);
        SnapshotOperations snapshots = new SnapshotOperations(
                registry,
                sources,
                removal,
                new SnapshotFeeds(registry, families),
                new SnapshotMoves(registry, new SnapshotCopies(registry, families, namespace)));
        return new Operations(
                new VolumeCreation(registry, families, sources, removal, new RetainedCopies(registry, clock)),
                removal,
                new VolumeChanges(registry, queries, removal, new RetainedCopies(registry, clock)),
                queries,
                snapshots,
                new GroupSnapshotOperations(registry, sources, snapshots),
                families,
                new Moves(registry));
    }
}
