package dev.sluice.node.api;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.Placement;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/** The objects between controller and nodes, as the controller would write them: a source on n1 and a clone of it on n2. */
record NodeObjects(KubernetesClient client) {
    static final long SIZE = 64L << 20;
    static final String SOURCE = Names.volumeId("source");
    static final String CLONE = Names.volumeId("clone");
    static final String SNAPSHOT = Names.cloneSnapshotId(CLONE);

    VolumePhase phase(String id) {
        Volume volume = volume(id);
        return volume.getStatus() == null
                ? VolumePhase.PENDING
                : volume.getStatus().phase();
    }

    Volume volume(String id) {
        return client.resources(Volume.class).withName(id).get();
    }

    Export export() {
        return client.resources(Export.class).withName(Names.export(CLONE, 1)).get();
    }

    Snapshot snapshot() {
        return client.resources(Snapshot.class).withName(SNAPSHOT).get();
    }

    CloneHydration hydration() {
        return client.resources(CloneHydration.class)
                .inNamespace("apps")
                .withName("data")
                .get();
    }

    static VolumeSpec spec(String node, @Nullable Origin source) {
        ClaimReference claim = source == null ? null : new ClaimReference("apps", "data", null);
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.PINNED,
                node,
                null,
                1,
                source,
                claim,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }

    void createVolume(String id, VolumeSpec spec) {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder()
                .withName(id)
                .addToLabels(Names.concernsLabel(spec.home()), "true")
                .build());
        volume.setSpec(spec);
        client.resource(volume).create();
    }

    void createSnapshot() {
        createSnapshot(SNAPSHOT, new SnapshotSpec(CLONE, SOURCE, "n1", "fast", true, CLONE, DesiredState.PRESENT));
    }

    void createSnapshot(String id, SnapshotSpec spec) {
        Snapshot snapshot = new Snapshot();
        snapshot.setMetadata(new ObjectMetaBuilder()
                .withName(id)
                .addToLabels(Names.LABEL_NODE, spec.node())
                .build());
        snapshot.setSpec(spec);
        client.resource(snapshot).create();
    }

    SnapshotStatus status(String snapshot) {
        return client.resources(Snapshot.class).withName(snapshot).get().getStatus();
    }

    void createExport() {
        createExport(CLONE);
    }

    void createExport(String fed) {
        Export export = new Export();
        export.setMetadata(new ObjectMetaBuilder()
                .withName(Names.export(fed, 1))
                .addToLabels(Names.LABEL_NODE, "n1")
                .addToLabels(Names.concernsLabel("n2"), "true")
                .build());
        export.setSpec(new ExportSpec(SNAPSHOT, "n1", "n2", fed, 1, DesiredState.PRESENT));
        client.resource(export).create();
    }

    void createHydration() {
        CloneHydration hydration = new CloneHydration();
        hydration.setMetadata(
                new ObjectMetaBuilder().withName("data").withNamespace("apps").build());
        String uid = volume(CLONE).getMetadata().getUid();
        hydration.setSpec(new CloneHydrationSpec(CLONE, uid, 1, "n2", false, null, 0));
        client.resource(hydration).create();
    }
}
