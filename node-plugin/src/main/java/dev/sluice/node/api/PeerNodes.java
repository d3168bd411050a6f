package dev.sluice.node.api;

import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What other nodes publish of themselves that an export needs. */
public final class PeerNodes implements ResourceEventHandler<StorageNode> {
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** The key that authenticates a node, and the name its initiator logs in under. */
    public record Peer(String publicKey, String initiatorName) {}

    public Optional<Peer> find(String node) {
        return Optional.ofNullable(peers.get(node));
    }

    /** Told the names of nodes whose key or initiator name is new. */
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public void onAdd(StorageNode node) {
        learn(node);
    }

    @Override
    public void onUpdate(StorageNode before, StorageNode after) {
        learn(after);
    }

    // A node that is only taken out of the list may come back; what is known of it does no harm.
    @Override
    public void onDelete(StorageNode node, boolean unknownFinalState) {}

    private void learn(StorageNode node) {
        StorageNodeStatus status = node.getStatus();
        if (status == null || status.publicKey() == null || status.initiatorName() == null) {
            return;
        }
        String name = node.getMetadata().getName();
        Peer peer = new Peer(status.publicKey(), status.initiatorName());
        if (!Objects.equals(peers.put(name, peer), peer)) {
            listeners.forEach(listener -> listener.accept(name));
        }
    }
}
