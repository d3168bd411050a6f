package dev.sluice.node.api;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentSpec;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All this node asks of, and tells, the cluster. A status has one writer, so it is patched without a version. */
public final class NodeClusterAccess {
    private static final int ATTEMPTS = 3;
    private static final List<String> ENDED = List.of("Succeeded", "Failed");
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final PatchContext REPLACE = PatchContext.of(PatchType.JSON);

    private final KubernetesClient client;
    private final String node;
    private final String namespace;

    public NodeClusterAccess(KubernetesClient client, String node, String namespace) {
        this.client = client;
        this.node = node;
        this.namespace = namespace;
    }

    public String node() {
        return node;
    }

    public Optional<Volume> findVolume(String id) {
        return asking(() -> Optional.ofNullable(volume(id).get()));
    }

    public Optional<Snapshot> findSnapshot(String id) {
        return asking(() -> Optional.ofNullable(
                client.resources(Snapshot.class).withName(id).get()));
    }

    public Optional<Export> findExport(String name) {
        return asking(() -> Optional.ofNullable(
                client.resources(Export.class).withName(name).get()));
    }

    /** Whether this PersistentVolume is there and is of this volume. */
    boolean isPersistentVolume(String name, String volume) {
        return asking(() -> {
            PersistentVolume found = client.persistentVolumes().withName(name).get();
            return found != null
                    && found.getSpec() != null
                    && found.getSpec().getCsi() != null
                    && volume.equals(found.getSpec().getCsi().getVolumeHandle());
        });
    }

    public Optional<CloneHydration> findHydration(ClaimReference claim) {
        return asking(() -> Optional.ofNullable(hydration(claim).get()));
    }

    /**
     * Waits, by watches, until the volume is at home here or gone, or the answer to this node's Attachment is as wanted; false when the
     * time is over.
     */
    public boolean awaitHome(String id, Predicate<AttachmentStatus> settled, Duration time) {
        return asking(() -> {
            var home = volume(id).informOnCondition(seen -> seen.stream().noneMatch(this::isElsewhere));
            var answer = attachment(id)
                    .informOnCondition(seen -> seen.stream()
                            .map(Attachment::getStatus)
                            .anyMatch(status -> status != null && settled.test(status)));
            try {
                CompletableFuture.anyOf(home, answer).get(time.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw new KubernetesClientException("the wait for volume " + id + " ended: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                home.cancel(true);
                answer.cancel(true);
            }
        });
    }

    private boolean isElsewhere(Volume volume) {
        VolumeSpec spec = volume.getSpec();
        return spec != null
                && spec.state() == DesiredState.PRESENT
                && !spec.home().equals(node);
    }

    /** The controller's answer to this node's wish to use the volume; empty while there is none. */
    public Optional<AttachmentStatus> findAnswer(String volume) {
        return asking(() -> Optional.ofNullable(attachment(volume).get()).map(Attachment::getStatus));
    }

    /** UNAVAILABLE, and nothing is written, when the volume is not at home here, at this status' epoch, any more. */
    public void patchStatus(String volume, VolumeStatus status) {
        patch(named(new Volume(), volume), status, Map.of("/spec/home", node, "/spec/epoch", status.epoch()));
    }

    public void patchStatus(String export, ExportStatus status) {
        patch(named(new Export(), export), status);
    }

    /** @param bytesPerSecond null for no limit */
    void patchAllowed(String export, @Nullable Long bytesPerSecond) {
        String status = "{\"status\":{\"allowedBytesPerSecond\":" + bytesPerSecond + "}}";
        asking(() -> client.resource(named(new Export(), export))
                .subresource("status")
                .patch(MERGE, status));
    }

    public void patchStatus(String snapshot, SnapshotStatus status) {
        patch(named(new Snapshot(), snapshot), status);
    }

    /** UNAVAILABLE, and nothing is written, when it tells of another node, or of another epoch, by now. */
    public void patchStatus(ClaimReference claim, CloneHydrationStatus status) {
        patch(hydrationOf(claim), status, Map.of("/spec/node", node, "/spec/epoch", status.epoch()));
    }

    /**
     * The conditions that are not this node's stay as they are; UNAVAILABLE when they change all the time.
     *
     * @param seen the object as it was last, to which it is written first
     */
    public void patchStatus(StorageNode seen, StorageNodeStatus status) {
        StorageNode live = seen;
        for (int attempt = 1; ; attempt++) {
            StorageNodeStatus known = live.getStatus();
            try {
                patch(
                        named(new StorageNode(), node),
                        known == null ? status : status.withForeignConditions(known.foreignConditions()),
                        Map.of("/metadata/resourceVersion", live.getMetadata().getResourceVersion()));
                return;
            } catch (SluiceException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
            live = ensureStorageNode();
        }
    }

    /** Creates this node's StorageNode if it is absent. */
    public StorageNode ensureStorageNode() {
        return asking(() -> {
            StorageNode found =
                    client.resources(StorageNode.class).withName(node).get();
            if (found != null) {
                return found;
            }
            StorageNode wanted = new StorageNode();
            wanted.setMetadata(new ObjectMetaBuilder().withName(node).build());
            wanted.setSpec(StorageNodeSpec.DEFAULT);
            return client.resource(wanted).create();
        });
    }

    /** Says that this node is alive, for so long. */
    public void renewLease(Instant now, Duration validity) {
        asking(() -> {
            Lease wanted = new LeaseBuilder()
                    .withMetadata(new ObjectMetaBuilder()
                            .withName("node-" + node)
                            .withNamespace(namespace)
                            .build())
                    .withSpec(new LeaseSpecBuilder()
                            .withHolderIdentity(node)
                            .withLeaseDurationSeconds((int) validity.toSeconds())
                            .withRenewTime(now.atZone(ZoneOffset.UTC))
                            .build())
                    .build();
            try {
                return lease().patch(MERGE, json(Map.of("spec", wanted.getSpec())));
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                    throw e;
                }
                return client.resource(wanted).create();
            }
        });
    }

    public void createAttachment(String volume) {
        Attachment wanted = new Attachment();
        wanted.setMetadata(attachmentMetadata(volume));
        wanted.setSpec(new AttachmentSpec(volume, node));
        asking(() -> {
            try {
                client.resource(wanted).create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
            return true;
        });
    }

    public void removeAttachment(String volume) {
        asking(() -> attachment(volume).delete());
    }

    /** Whether a pod on this node wants, or has, the volume. */
    public boolean isAttached(String volume) {
        return asking(() -> attachment(volume).get() != null);
    }

    /** When the time is over that these pods of this node have; empty when all have ended or are known no more, and MAX when one is to run on. */
    Optional<Instant> endOf(Set<String> uids) {
        return asking(() -> client.pods().inAnyNamespace().withField("spec.nodeName", node).list().getItems().stream()
                .filter(pod -> uids.contains(pod.getMetadata().getUid()) && !hasEnded(pod))
                .map(NodeClusterAccess::end)
                .max(Comparator.naturalOrder()));
    }

    private static boolean hasEnded(Pod pod) {
        return pod.getStatus() != null && ENDED.contains(pod.getStatus().getPhase());
    }

    /** The timestamp of its deletion is the end of the time it was given. */
    private static Instant end(Pod pod) {
        String end = pod.getMetadata().getDeletionTimestamp();
        return end == null ? Instant.MAX : Instant.parse(end);
    }

    /** Ids of the volumes this node has Attachments for. */
    public List<String> attachedVolumes() {
        return asking(
                () -> client.resources(Attachment.class).withLabel(Names.LABEL_NODE, node).list().getItems().stream()
                        .map(Attachment::getSpec)
                        .filter(spec -> spec != null)
                        .map(AttachmentSpec::volume)
                        .toList());
    }

    /** Keys and initiator names of all nodes, kept current by a watch. */
    public SharedIndexInformer<StorageNode> watchStorageNodes(ResourceEventHandler<StorageNode> handler) {
        return client.resources(StorageNode.class).inform(handler, 0);
    }

    /** Exports that feed volumes of this node, kept current by a watch. */
    public SharedIndexInformer<Export> watchIncomingExports(ResourceEventHandler<Export> handler) {
        return client.resources(Export.class)
                .withLabel(Names.concernsLabel(node), "true")
                .inform(handler, 0);
    }

    private ObjectMeta attachmentMetadata(String volume) {
        return new ObjectMetaBuilder()
                .withName(Names.attachment(volume, node))
                .addToLabels(Names.LABEL_NODE, node)
                .addToLabels(Names.LABEL_VOLUME, volume)
                .build();
    }

    private Resource<Attachment> attachment(String volume) {
        return client.resources(Attachment.class).withName(Names.attachment(volume, node));
    }

    private Resource<Volume> volume(String id) {
        return client.resources(Volume.class).withName(id);
    }

    private Resource<CloneHydration> hydration(ClaimReference claim) {
        return client.resources(CloneHydration.class)
                .inNamespace(claim.namespace())
                .withName(claim.name());
    }

    private Resource<Lease> lease() {
        return client.leases().inNamespace(namespace).withName("node-" + node);
    }

    private static CloneHydration hydrationOf(ClaimReference claim) {
        CloneHydration hydration = named(new CloneHydration(), claim.name());
        hydration.getMetadata().setNamespace(claim.namespace());
        return hydration;
    }

    private static <T extends HasMetadata> T named(T object, String name) {
        object.setMetadata(new ObjectMetaBuilder().withName(name).build());
        return object;
    }

    private void patch(HasMetadata object, Record status) {
        patch(object, status, Map.of());
    }

    /**
     * Replaces the whole status: what is not said any more is gone.
     *
     * @param object has a name and nothing else; without an object the client would ask for it first
     * @param premises values that the object must have, by their paths, for the status to be written
     */
    private void patch(HasMetadata object, Record status, Map<String, Object> premises) {
        List<Map<String, Object>> operations = new ArrayList<>();
        premises.forEach((path, value) -> operations.add(Map.of("op", "test", "path", path, "value", value)));
        operations.add(Map.of("op", "add", "path", "/status", "value", status));
        asking(() -> client.resource(object).subresource("status").patch(REPLACE, json(operations)));
    }

    private String json(Object content) {
        return client.getKubernetesSerialization().asJson(content);
    }

    private static <T> T asking(Supplier<T> call) {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE, "the Kubernetes API did not do what was asked: " + e.getMessage(), e);
        }
    }
}
