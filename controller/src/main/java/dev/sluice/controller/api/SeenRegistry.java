package dev.sluice.controller.api;

import dev.sluice.api.Attachment;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.Export;
import dev.sluice.api.Snapshot;
import dev.sluice.api.Volume;
import dev.sluice.controller.domain.NodeRegistry;
import dev.sluice.controller.domain.NodeView;
import dev.sluice.controller.domain.Registry;
import dev.sluice.controller.domain.Shelf;
import dev.sluice.controller.domain.Stored;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The registry as the watches of the reconcilers have it for one volume; whatever else is asked is read live. It may be behind by what is on
 * the way, which comes as an event. So it may say that nothing needs to be done now, and never what is to be done.
 */
final class SeenRegistry {
    private SeenRegistry() {}

    static Registry of(Registry live, StartingPods starting, Volume volume, Context<Volume> context) {
        String id = volume.getMetadata().getName();
        ClaimReference claim = volume.getSpec().claim();
        return new Registry(
                new SeenShelf<>(live.volumes(), id, stored(List.of(volume))),
                new SeenShelf<>(live.snapshots(), id, stored(context.getSecondaryResources(Snapshot.class))),
                new SeenShelf<>(live.exports(), id, stored(context.getSecondaryResources(Export.class))),
                new SeenShelf<>(live.hydrations(), id, stored(context.getSecondaryResources(CloneHydration.class))),
                new SeenNodes(
                        live.nodes(),
                        id,
                        ClusterNodes.oldestFirst(context.getSecondaryResources(Attachment.class)),
                        claim == null ? List.of() : starting.nodes(claim)),
                live.claims());
    }

    private static <S, T, R extends CustomResource<S, T>> List<Stored<S, T>> stored(Collection<R> items) {
        return items.stream()
                .flatMap(item -> ClusterShelf.stored(item).stream())
                .toList();
    }

    private record SeenShelf<S, T>(Shelf<S, T> live, String volume, List<Stored<S, T>> seen) implements Shelf<S, T> {
        @Override
        public Optional<Stored<S, T>> find(String key) {
            return seen.stream()
                    .filter(each -> each.key().equals(key))
                    .findFirst()
                    .or(() -> live.find(key));
        }

        @Override
        public List<Stored<S, T>> findByVolume(String volumeId) {
            return volumeId.equals(volume) ? seen : live.findByVolume(volumeId);
        }

        @Override
        public List<Stored<S, T>> findAll() {
            return live.findAll();
        }

        @Override
        public boolean create(String key, S spec) {
            return live.create(key, spec);
        }

        @Override
        public void replace(Stored<S, T> seen, S spec) {
            live.replace(seen, spec);
        }

        @Override
        public void forget(Stored<S, T> seen) {
            live.forget(seen);
        }

        @Override
        public Optional<Stored<S, T>> await(String key, Predicate<Optional<Stored<S, T>>> condition, Duration atMost) {
            return live.await(key, condition, atMost);
        }
    }

    /** @param starting whether the PVC still has this volume is read live, before anything is done */
    private record SeenNodes(NodeRegistry live, String volume, List<String> attached, List<String> starting)
            implements NodeRegistry {
        @Override
        public List<NodeView> findAll() {
            return live.findAll();
        }

        @Override
        public Optional<NodeView> find(String name) {
            return live.find(name);
        }

        @Override
        public Set<String> limited() {
            return live.limited();
        }

        @Override
        public Map<String, List<String>> attachments() {
            return live.attachments();
        }

        @Override
        public List<String> attachments(String volumeId) {
            return volumeId.equals(volume) ? attached : live.attachments(volumeId);
        }

        @Override
        public List<String> expected(String volumeId, ClaimReference claim) {
            return volumeId.equals(volume) ? starting : live.expected(volumeId, claim);
        }
    }
}
