package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Feed;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Optional;

/** What a snapshot of a hydrating volume needs beside it: an export of the origin of its source, until it is whole or gone. */
public final class SnapshotFeeds {
    private static final long FIRST_EPOCH = 1;

    private final Registry registry;
    private final Families families;
    private final Dependants dependants;

    public SnapshotFeeds(Registry registry, Families families) {
        this.registry = registry;
        this.families = families;
        this.dependants = new Dependants(registry);
    }

    /** Brings what the snapshot needs as far as it can go now, and lets go of what it does not need. Level-triggered. */
    public void advance(String id) {
        Optional<Stored<SnapshotSpec, SnapshotStatus>> found =
                registry.snapshots().find(id);
        if (found.isEmpty()) {
            return;
        }
        Stored<SnapshotSpec, SnapshotStatus> snapshot = found.get();
        Feed feed = snapshot.spec().feed();
        if (feed != null) {
            if (dependants.needsFeed(snapshot)) {
                ensureExport(snapshot, feed);
            } else {
                release(id);
                families.advanceOwner(feed.snapshot());
            }
        }
        if (snapshot.spec().state() == DesiredState.ABSENT) {
            families.advanceOwner(id);
        }
    }

    /** True when nothing is served to the snapshot any more, so that its object may go. */
    boolean isReleased(String id) {
        return registry.exports().findByVolume(id).isEmpty();
    }

    private void ensureExport(Stored<SnapshotSpec, SnapshotStatus> snapshot, Feed feed) {
        SnapshotSpec spec = snapshot.spec();
        if (spec.state() == DesiredState.PRESENT && isReleased(snapshot.key())) {
            registry.exports()
                    .create(
                            Names.export(snapshot.key(), FIRST_EPOCH),
                            new ExportSpec(
                                    feed.snapshot(),
                                    feed.node(),
                                    spec.node(),
                                    snapshot.key(),
                                    FIRST_EPOCH,
                                    DesiredState.PRESENT));
        }
    }

    private void release(String id) {
        List<Stored<ExportSpec, ExportStatus>> exports = registry.exports().findByVolume(id);
        for (Stored<ExportSpec, ExportStatus> export : exports) {
            ExportSpec spec = export.spec();
            ExportStatus status = export.status();
            boolean gone = status != null && status.phase() == ServedPhase.REMOVED
                    || registry.nodes().find(spec.originNode()).isEmpty();
            if (spec.state() == DesiredState.PRESENT) {
                registry.exports().replace(export, spec.withState(DesiredState.ABSENT));
            } else if (gone) {
                registry.exports().forget(export);
            }
        }
    }
}
