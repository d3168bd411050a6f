package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Copies that are kept although nobody needs them: the first to go where room is needed. */
final class RetainedCopies {
    private static final int CROWDED_PERCENT = 10;

    private final Registry registry;
    private final Clock clock;

    RetainedCopies(Registry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** The time of what is kept on these nodes is over; it goes as it would have in the end. */
    void makeRoom(Collection<String> nodes) {
        if (nodes.isEmpty()) {
            return;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        registry.exports().findAll().stream()
                .filter(each -> nodes.contains(each.spec().originNode()))
                .forEach(each -> registry.exports()
                        .change(each.key(), spec -> isKept(spec, now) ? spec.retained(now.toString()) : spec));
    }

    private static boolean isKept(ExportSpec spec, Instant now) {
        return spec.retainUntil() != null
                && spec.state() == DesiredState.PRESENT
                && now.isBefore(Instant.parse(spec.retainUntil()));
    }

    /** Of the nodes that were left, those on which room is short by now, whoever fills it. */
    Set<String> crowded(Stored<VolumeSpec, VolumeStatus> volume, List<Stored<ExportSpec, ExportStatus>> exports) {
        boolean asked = Sources.isWhole(volume)
                || exports.stream().anyMatch(each -> each.spec().retainUntil() != null);
        if (!asked || volume.spec().hydration().retainOriginSeconds() == null) {
            return Set.of();
        }
        return exports.stream()
                .filter(each -> each.spec().sourceIsVolume())
                .map(each -> each.spec().originNode())
                .distinct()
                .filter(node -> isCrowded(node, volume.spec().pool()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean isCrowded(String node, String pool) {
        return registry.nodes()
                .find(node)
                .flatMap(found -> found.pool(pool))
                .filter(RetainedCopies::isShort)
                .isPresent();
    }

    private static boolean isShort(PoolStatus pool) {
        return pool.freeBytes() < pool.sizeBytes() / 100 * CROWDED_PERCENT;
    }
}
