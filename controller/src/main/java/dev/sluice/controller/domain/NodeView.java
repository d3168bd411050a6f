package dev.sluice.controller.domain;

import dev.sluice.api.Condition;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.Regression;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A storage node as the controller judges it.
 *
 * @param alive its plugin renewed its lease lately
 * @param evacuating it is to be emptied: by its StorageNode, or as a cordoned node with the annotation
 */
public record NodeView(
        String name,
        boolean alive,
        boolean evacuating,
        @Nullable StorageNodeStatus status) {

    public List<PoolStatus> pools() {
        if (status == null || status.pools() == null) {
            return List.of();
        }
        return status.pools();
    }

    /** The pool of this name, or the first one when no name is given. */
    public Optional<PoolStatus> pool(@Nullable String pool) {
        return pools().stream()
                .filter(each -> pool == null || each.name().equals(pool))
                .findFirst();
    }

    /** Copies of volumes that it told of last. */
    public List<HeldVolume> inventory() {
        return status == null || status.inventory() == null ? List.of() : status.inventory();
    }

    /** An empty inventory is not written; what the node writes always has its key. */
    boolean tellsInventory() {
        return status != null && status.publicKey() != null;
    }

    /** Whether one of them has a copy that the volume's object does not know of. */
    static Optional<Regression> findRegression(List<NodeView> nodes, Stored<VolumeSpec, VolumeStatus> volume) {
        return Regression.find(
                volume.key(),
                volume.spec(),
                nodes.stream().collect(Collectors.toMap(NodeView::name, NodeView::inventory)));
    }

    public boolean canHydrate() {
        return status != null && status.engine() != null;
    }

    /** Why no volume may be placed here; empty when one may. */
    public Optional<String> unfit() {
        if (!alive) {
            return Optional.of("is away");
        }
        if (evacuating) {
            return Optional.of("is being evacuated");
        }
        Optional<Condition> ready =
                conditions().filter(each -> each.type().equals("Ready")).findFirst();
        if (ready.isEmpty()) {
            return Optional.of("has not reported yet");
        }
        return ready.filter(condition -> !condition.status().equals("True"))
                .map(condition -> "is not ready (" + condition.reason() + ": " + condition.message() + ")");
    }

    /** Why no encrypted volume may be placed here; an older plugin, which does not report it, would store plaintext. */
    public Optional<String> unfitToEncrypt() {
        Optional<Condition> encryption = conditions()
                .filter(each -> each.type().equals(Condition.ENCRYPTION))
                .findFirst();
        if (encryption.isEmpty()) {
            return Optional.of("has a node plugin that does not know encryption");
        }
        return encryption
                .filter(condition -> !condition.status().equals("True"))
                .map(condition -> "cannot encrypt (" + condition.message() + ")");
    }

    private Stream<Condition> conditions() {
        if (status == null || status.conditions() == null) {
            return Stream.empty();
        }
        return status.conditions().stream();
    }
}
