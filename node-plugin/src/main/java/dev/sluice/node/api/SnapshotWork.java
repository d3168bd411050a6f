package dev.sluice.node.api;

import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.GroupSnapshots;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.SnapshotFacts;
import dev.sluice.node.stack.Snapshots;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reconciling a snapshot asks of the devices. */
public interface SnapshotWork {
    SnapshotFacts take(String id, SnapshotSpec spec);

    /** Brings up, and follows, a snapshot that still needs the origin of its source; true once it needs that no more. */
    boolean stack(String id, SnapshotSpec spec, SnapshotStatus taken, @Nullable IscsiLogin source);

    void remove(String id, SnapshotSpec spec, @Nullable String lvUuid);

    /** All members by their ids, when the whole group was taken. */
    Optional<Map<String, SnapshotFacts>> findGroup(SnapshotGroup group, String pool);

    Map<String, SnapshotFacts> takeGroup(SnapshotGroup group, String pool);

    static SnapshotWork of(Snapshots snapshots, GroupSnapshots groups, Hydrations hydrations) {
        return new SnapshotWork() {
            @Override
            public SnapshotFacts take(String id, SnapshotSpec spec) {
                return snapshots.take(id, spec);
            }

            @Override
            public boolean stack(String id, SnapshotSpec spec, SnapshotStatus taken, @Nullable IscsiLogin source) {
                Snapshots.Stacked stacked = snapshots.stack(id, spec, taken, source);
                hydrations.follow(stacked.order(), stacked.outcome());
                return stacked.outcome().hydrated();
            }

            @Override
            public void remove(String id, SnapshotSpec spec, @Nullable String lvUuid) {
                hydrations.forget(id);
                snapshots.remove(id, spec, lvUuid);
            }

            @Override
            public Optional<Map<String, SnapshotFacts>> findGroup(SnapshotGroup group, String pool) {
                return groups.find(group, pool);
            }

            @Override
            public Map<String, SnapshotFacts> takeGroup(SnapshotGroup group, String pool) {
                return groups.take(group, pool);
            }
        };
    }
}
