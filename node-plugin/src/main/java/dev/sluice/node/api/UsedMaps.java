package dev.sluice.node.api;

import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.node.stack.OfferedMaps;
import java.util.Objects;

/** Tells in the status of an export what was ever used of what it serves. What is served does not wait for it. */
final class UsedMaps {
    private UsedMaps() {}

    /**
     * The status of an export that is served, with its map when that is known.
     *
     * @param copy the logical volume that is served
     */
    static ExportStatus told(ExportWork work, Export export, String pool, String copy, ExportStatus status) {
        ExportStatus before = export.getStatus();
        if (before != null
                && before.usedMap() != null
                && Objects.equals(before.sizeBytes(), status.sizeBytes())
                && Objects.equals(before.lvUuid(), status.lvUuid())) {
            // What is served never changes: the map is not made again after a restart.
            return status.withUsedMap(before.usedMap());
        }
        ExportSpec spec = export.getSpec();
        return work.usedMap(new OfferedMaps.Served(
                        export.getMetadata().getName(),
                        pool,
                        spec.source(),
                        copy,
                        export.getMetadata().getUid(),
                        spec.epoch(),
                        Objects.requireNonNull(status.sizeBytes(), "what is served has a size")))
                .map(status::withUsedMap)
                .orElse(status);
    }
}
