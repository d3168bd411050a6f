package dev.sluice.node.api;

import dev.sluice.api.Condition;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.node.host.Pool;
import dev.sluice.node.host.PreflightCheck;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a node found out about itself, as a status.
 *
 * @param initiatorName null while the host has none
 */
record StorageNodeFacts(
        String address,
        String publicKey,
        @Nullable String initiatorName,
        String kernel,
        List<Pool> pools,
        List<HeldVolume> inventory,
        List<PreflightCheck> checks) {
    private static final String ENGINE_CHECK = "DmClone";

    StorageNodeStatus status(@Nullable StorageNodeStatus before, Instant now) {
        return new StorageNodeStatus(
                address,
                publicKey,
                initiatorName,
                kernel,
                engine(),
                pools.stream().map(StorageNodeFacts::status).toList(),
                inventory,
                conditions(before, now));
    }

    private @Nullable String engine() {
        boolean works = checks.stream().anyMatch(check -> check.name().equals(ENGINE_CHECK) && check.passed());
        return works ? "dm-clone" : null;
    }

    private List<Condition> conditions(@Nullable StorageNodeStatus before, Instant now) {
        List<Condition> conditions = new ArrayList<>();
        List<PreflightCheck> failed = checks.stream()
                .filter(check -> check.required() && !check.passed())
                .toList();
        String names = failed.stream().map(PreflightCheck::name).collect(Collectors.joining(", "));
        conditions.add(
                failed.isEmpty()
                        ? condition("Ready", true, "PreflightPassed", "the node can hold volumes", before, now)
                        : condition(
                                "Ready", false, "PreflightFailed", "not fit to hold volumes: " + names, before, now));
        checks.forEach(check ->
                conditions.add(condition(check.name(), check.passed(), check.reason(), check.message(), before, now)));
        return List.copyOf(conditions);
    }

    private static Condition condition(
            String type,
            boolean passed,
            String reason,
            String message,
            @Nullable StorageNodeStatus before,
            Instant now) {
        String status = passed ? "True" : "False";
        List<Condition> known = before == null || before.conditions() == null ? List.of() : before.conditions();
        String since = known.stream()
                .filter(old -> old.type().equals(type) && old.status().equals(status))
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new Condition(type, status, reason, message, since, null);
    }

    private static PoolStatus status(Pool pool) {
        return new PoolStatus(
                pool.settings().name(),
                pool.settings().volumeGroup(),
                pool.settings().thinPool(),
                pool.vgUuid(),
                pool.sizeBytes(),
                pool.sizeBytes() - pool.usedBytes(),
                pool.metadataPercent(),
                pool.chunkBytes());
    }
}
