package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.VolumeSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What becomes of a copy that was given up once nobody reads it any more: it is kept for a while, and until when stands in its Export. Only a
 * copy that is whole is worth that; one that was left before it was hydrated says nothing without the others.
 */
final class Retention {
    private final Family family;
    private final VolumeSpec spec;

    Retention(Family family) {
        this.family = family;
        this.spec = family.volume().spec();
    }

    /** Nobody needs the copy, and it stays. */
    boolean keeps(Stored<ExportSpec, ExportStatus> export) {
        String until = export.spec().retainUntil();
        return until != null
                && spec.state() == DesiredState.PRESENT
                && export.spec().state() == DesiredState.PRESENT
                && !family.crowded().contains(export.spec().originNode())
                && family.now().isBefore(Instant.parse(until));
    }

    boolean isOver(Stored<ExportSpec, ExportStatus> export) {
        return export.spec().onlyRetained() && !keeps(export);
    }

    /** Of a copy that is not read any more from now on: until when it is kept; empty when it goes. */
    Optional<String> begin(Stored<ExportSpec, ExportStatus> export) {
        return seconds() > 0 && isWorthIt(export)
                ? Optional.of(family.now()
                        .plusSeconds(seconds())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString())
                : Optional.empty();
    }

    private long seconds() {
        Long seconds = spec.hydration().retainOriginSeconds();
        return seconds == null || spec.state() == DesiredState.ABSENT ? 0 : seconds;
    }

    private boolean isWorthIt(Stored<ExportSpec, ExportStatus> export) {
        return export.spec().state() == DesiredState.PRESENT
                && export.spec().sourceIsVolume()
                && !export.spec().onlyRetained()
                && hasData(export)
                && !isPartial(export)
                && !family.crowded().contains(export.spec().originNode());
    }

    private static boolean hasData(Stored<ExportSpec, ExportStatus> export) {
        ExportStatus status = export.status();
        return status != null && status.lvUuid() != null && !Boolean.TRUE.equals(status.empty());
    }

    /** It has an export of its own to read from: it was given up before it was hydrated. */
    private boolean isPartial(Stored<ExportSpec, ExportStatus> export) {
        return family.exports().stream()
                .anyMatch(each -> each.spec().epoch() == export.spec().epoch() - 1
                        && !each.spec().onlyRetained());
    }
}
