package dev.sluice.node.api;

import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The exports other nodes serve to this one, as last seen. */
public final class IncomingExports implements ResourceEventHandler<Export> {
    private final Map<String, Export> exports = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    public Optional<Export> find(String name) {
        return Optional.ofNullable(exports.get(name));
    }

    /** Ids of the volumes that a node feeds. */
    public List<String> from(String node) {
        return exports.values().stream()
                .map(Export::getSpec)
                .filter(spec -> spec.originNode().equals(node))
                .map(ExportSpec::volume)
                .toList();
    }

    /** Told the id of the volume whose export changed. */
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public void onAdd(Export export) {
        learn(export);
    }

    @Override
    public void onUpdate(Export before, Export after) {
        learn(after);
    }

    @Override
    public void onDelete(Export export, boolean unknownFinalState) {
        exports.remove(export.getMetadata().getName());
    }

    private void learn(Export export) {
        if (export.getSpec() == null) {
            return;
        }
        Export before = exports.put(export.getMetadata().getName(), export);
        if (before == null || !isSameFeed(before, export)) {
            listeners.forEach(listener -> listener.accept(export.getSpec().volume()));
        }
    }

    /** How fast may be copied changes often, and is nothing to bring a volume up anew for. */
    private static boolean isSameFeed(Export before, Export after) {
        return Objects.equals(before.getMetadata().getUid(), after.getMetadata().getUid())
                && before.getSpec().withTurn(null).equals(after.getSpec().withTurn(null))
                && Objects.equals(withoutLimit(before.getStatus()), withoutLimit(after.getStatus()));
    }

    private static @Nullable ExportStatus withoutLimit(@Nullable ExportStatus status) {
        return status == null ? null : status.allowing(null);
    }
}
