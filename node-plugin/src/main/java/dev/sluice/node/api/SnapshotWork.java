package dev.sluice.node.api;

import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.node.stack.GroupSnapshots;
import dev.sluice.node.stack.SnapshotFacts;
import dev.sluice.node.stack.Snapshots;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reconciling a snapshot asks of the devices. */
public interface SnapshotWork {
    SnapshotFacts take(String id, SnapshotSpec spec);

    void remove(String id, SnapshotSpec spec, @Nullable String lvUuid);

    /** All members by their ids, when the whole group was taken. */
    Optional<Map<String, SnapshotFacts>> findGroup(SnapshotGroup group, String pool);

    Map<String, SnapshotFacts> takeGroup(SnapshotGroup group, String pool);

    static SnapshotWork of(Snapshots snapshots, GroupSnapshots groups) {
        return new SnapshotWork() {
            @Override
            public SnapshotFacts take(String id, SnapshotSpec spec) {
                return snapshots.take(id, spec);
            }

            @Override
            public void remove(String id, SnapshotSpec spec, @Nullable String lvUuid) {
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
