package dev.sluice.node.api;

import dev.sluice.api.SnapshotSpec;
import dev.sluice.node.stack.SnapshotFacts;
import dev.sluice.node.stack.Snapshots;
import org.jspecify.annotations.Nullable;

/** What reconciling a snapshot asks of the devices. */
public interface SnapshotWork {
    SnapshotFacts take(String id, SnapshotSpec spec);

    void remove(String id, SnapshotSpec spec, @Nullable String lvUuid);

    static SnapshotWork of(Snapshots snapshots) {
        return new SnapshotWork() {
            @Override
            public SnapshotFacts take(String id, SnapshotSpec spec) {
                return snapshots.take(id, spec);
            }

            @Override
            public void remove(String id, SnapshotSpec spec, @Nullable String lvUuid) {
                snapshots.remove(id, spec, lvUuid);
            }
        };
    }
}
