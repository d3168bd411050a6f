package dev.sluice.controller.api;

import dev.sluice.api.Allocation;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.Condition;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What more than one test has on an API server in memory. */
final class TestObjects {
    private TestObjects() {}

    /** Fit and alive, as its plugin would tell. */
    static void createNode(KubernetesClient client, String name) {
        String now = Clock.systemUTC().instant().toString();
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace("sluice-system")
                        .withName("node-" + name)
                        .endMetadata()
                        .withNewSpec()
                        .withRenewTime(Clock.systemUTC().instant().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
        StorageNode node = new StorageNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(StorageNodeSpec.DEFAULT);
        client.resource(node).create();
        node.setStatus(new StorageNodeStatus(
                "10.0.0.1",
                "key",
                "iqn",
                "6.1",
                "dm-clone",
                List.of(new PoolStatus("fast", "vg", "thin", "vg-" + name, 100L << 30, 100L << 30, 1, 65536)),
                List.of(),
                List.of(new Condition("Ready", "True", "PreflightPassed", "fit", now, null))));
        client.resource(node).updateStatus();
    }

    /** At home on n1, and whole. */
    static void createVolume(KubernetesClient client, String id, Placement placement, @Nullable ClaimReference claim) {
        new ClusterShelf<>(client, Kind.VOLUME)
                .create(
                        id,
                        new VolumeSpec(
                                "data",
                                1L << 30,
                                "fast",
                                VolumeMode.FILESYSTEM,
                                "ext4",
                                placement,
                                "n1",
                                null,
                                1,
                                null,
                                claim,
                                HydrationSettings.DEFAULT,
                                DesiredState.PRESENT));
        Volume volume = client.resources(Volume.class).withName(id).get();
        volume.setStatus(
                new VolumeStatus(1, VolumePhase.READY, new Allocation("vg", "lv"), true, 1L << 30, null, null, null));
        client.resource(volume).updateStatus();
    }

    /** @param claim in the namespace default, to which it is bound */
    static void createPersistentVolume(
            KubernetesClient client, String name, String driver, String handle, String claim) {
        client.resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNewClaimRef()
                        .withNamespace("default")
                        .withName(claim)
                        .endClaimRef()
                        .withNewCsi()
                        .withDriver(driver)
                        .withVolumeHandle(handle)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }
}
