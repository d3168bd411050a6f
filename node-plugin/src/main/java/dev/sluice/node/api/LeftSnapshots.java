package dev.sluice.node.api;

import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;

/** Snapshots that have another home by now: what is here of one is removed by an order that names it. */
final class LeftSnapshots {
    private final NodeClusterAccess cluster;
    private final SnapshotWork work;

    LeftSnapshots(NodeClusterAccess cluster, SnapshotWork work) {
        this.cluster = cluster;
        this.work = work;
    }

    /** Removes exactly the logical volume of this UUID; IN_USE while it is still read. */
    void remove(String snapshot, String lvUuid) {
        SnapshotSpec live = cluster.findSnapshot(snapshot)
                .map(Snapshot::getSpec)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE,
                        "the object of snapshot " + snapshot + " is gone; what is here of it is kept as it is"));
        if (live.node().equals(cluster.node())) {
            throw new SluiceException(
                    ErrorKind.IN_USE, "snapshot " + snapshot + " is at home on this node; it is left alone");
        }
        work.remove(snapshot, live, lvUuid);
    }
}
