package dev.sluice.controller.domain;

import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Looks at what an order to go on without a copy depends on. */
final class Recoveries {
    private final Registry registry;
    private final Clock clock;

    Recoveries(Registry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    List<Step> plan(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeRecovery recovery = volume.spec().recovery();
        if (recovery == null || !recovery.hasOrder() && recovery.copies().isEmpty()) {
            return List.of();
        }
        return RecoveryPlan.of(new RecoveryPlan.View(
                volume,
                Optional.ofNullable(recovery.use()).filter(Names::isSnapshotId).flatMap(registry.snapshots()::find),
                registry.exports().findByVolume(volume.key()),
                registry.nodes().attachments(volume.key()),
                registry.nodes().findAll(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
    }
}
