package dev.sluice.controller.api;

import dev.sluice.controller.domain.Shelf;
import dev.sluice.controller.domain.Stored;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The objects of one kind in the cluster. */
final class ClusterShelf<S, T, R extends CustomResource<S, T>> implements Shelf<S, T> {
    private final KubernetesClient client;
    private final Kind<S, R> kind;

    ClusterShelf(KubernetesClient client, Kind<S, R> kind) {
        this.client = client;
        this.kind = kind;
    }

    @Override
    public Optional<Stored<S, T>> find(String key) {
        return ApiErrors.translate(key, () -> stored(resource(key).get()));
    }

    @Override
    public List<Stored<S, T>> findByVolume(String volumeId) {
        return ApiErrors.translate(
                "the list of " + kind.type().getSimpleName(),
                () -> stored(client.resources(kind.type())
                        .inAnyNamespace()
                        .withLabel(Names.LABEL_VOLUME, volumeId)
                        .list()
                        .getItems()));
    }

    @Override
    public List<Stored<S, T>> findAll() {
        return ApiErrors.translate(
                "the list of " + kind.type().getSimpleName(),
                () -> stored(
                        client.resources(kind.type()).inAnyNamespace().list().getItems()));
    }

    @Override
    public boolean create(String key, S spec) {
        R made = kind.fresh();
        made.setMetadata(metadata(key, spec));
        made.setSpec(spec);
        try {
            client.resource(made).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            return ApiErrors.translate(key, () -> {
                throw e;
            });
        }
    }

    @Override
    public void replace(Stored<S, T> seen, S spec) {
        // The version that is written is the one that was seen: a conflict when it is not the present one.
        String change = client.getKubernetesSerialization()
                .asJson(List.of(
                        operation("replace", "/metadata/resourceVersion", seen.version()),
                        operation("add", "/metadata/labels", kind.labels(seen.key(), spec)),
                        operation("replace", "/spec", spec)));
        R named = kind.fresh();
        named.setMetadata(name(seen.key()).build());
        ApiErrors.translate(seen.key(), () -> client.resource(named).patch(PatchContext.of(PatchType.JSON), change));
    }

    private static Map<String, Object> operation(String name, String path, Object value) {
        return Map.of("op", name, "path", path, "value", value);
    }

    /** A call and a reconciler may forget the same object at one time: whoever comes second has what it wanted. */
    @Override
    public void forget(Stored<S, T> seen) {
        Shelf.retried(() -> {
            R current = resource(seen.key()).get();
            if (current == null || !current.getMetadata().getUid().equals(seen.uid())) {
                return;
            }
            ApiErrors.translate(seen.key(), () -> {
                if (current.removeFinalizer(Names.FINALIZER)) {
                    client.resource(current).lockResourceVersion().update();
                }
                return resource(seen.key()).delete();
            });
        });
    }

    @Override
    public Optional<Stored<S, T>> await(String key, Predicate<Optional<Stored<S, T>>> condition, Duration atMost) {
        Optional<Stored<S, T>> now = find(key);
        if (condition.test(now) || atMost.isZero()) {
            return now;
        }
        try {
            return stored(resource(key)
                    .waitUntilCondition(
                            seen -> condition.test(stored(seen)), atMost.toMillis(), TimeUnit.MILLISECONDS));
        } catch (KubernetesClientTimeoutException e) {
            return find(key);
        } catch (KubernetesClientException e) {
            return ApiErrors.translate(key, () -> {
                throw e;
            });
        }
    }

    private Resource<R> resource(String key) {
        int slash = key.indexOf('/');
        return slash < 0
                ? client.resources(kind.type()).withName(key)
                : client.resources(kind.type())
                        .inNamespace(key.substring(0, slash))
                        .withName(key.substring(slash + 1));
    }

    private static ObjectMetaBuilder name(String key) {
        int slash = key.indexOf('/');
        ObjectMetaBuilder metadata = new ObjectMetaBuilder().withName(key.substring(slash + 1));
        return slash < 0 ? metadata : metadata.withNamespace(key.substring(0, slash));
    }

    private ObjectMeta metadata(String key, S spec) {
        ObjectMetaBuilder metadata = name(key).withLabels(kind.labels(key, spec));
        if (kind.holdsData()) {
            metadata.withFinalizers(Names.FINALIZER);
        }
        return metadata.build();
    }

    private List<Stored<S, T>> stored(List<R> items) {
        return items.stream().flatMap(item -> stored(item).stream()).toList();
    }

    /** Empty for what is absent, or has no spec. */
    static <S, T> Optional<Stored<S, T>> stored(@Nullable CustomResource<S, T> item) {
        if (item == null || item.getSpec() == null) {
            return Optional.empty();
        }
        ObjectMeta metadata = item.getMetadata();
        String key = metadata.getNamespace() == null
                ? metadata.getName()
                : metadata.getNamespace() + "/" + metadata.getName();
        String owner = metadata.getOwnerReferences().isEmpty()
                ? null
                : metadata.getOwnerReferences().getFirst().getUid();
        return Optional.of(new Stored<S, T>(
                key, metadata.getUid(), metadata.getResourceVersion(), item.getSpec(), item.getStatus(), owner));
    }
}
