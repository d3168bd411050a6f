package dev.sluice.node.api;

import dev.sluice.api.HeldVolume;
import dev.sluice.api.Regression;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** What other nodes say that they have: by that an object is found out that is older than the data. */
final class PeerInventories implements ResourceEventHandler<StorageNode> {
    private final String self;
    private final Map<String, List<HeldVolume>> inventories = new ConcurrentHashMap<>();

    /** @param self this node knows better than what it last published */
    PeerInventories(String self) {
        this.self = self;
    }

    /** OUTDATED when another node has a copy that the object does not know of. */
    void requireCurrent(String volume, VolumeSpec spec) {
        Regression.find(volume, spec, inventories).ifPresent(found -> {
            throw new SluiceException(ErrorKind.OUTDATED, found.explain(volume, spec));
        });
    }

    @Override
    public void onAdd(StorageNode node) {
        learn(node);
    }

    @Override
    public void onUpdate(StorageNode before, StorageNode after) {
        learn(after);
    }

    /** The node was given up, with all that it had. */
    @Override
    public void onDelete(StorageNode node, boolean unknownFinalState) {
        inventories.remove(node.getMetadata().getName());
    }

    private void learn(StorageNode node) {
        String name = node.getMetadata().getName();
        StorageNodeStatus status = node.getStatus();
        if (!name.equals(self) && status != null) {
            // An empty list is not written.
            inventories.put(name, Objects.requireNonNullElse(status.inventory(), List.of()));
        }
    }
}
