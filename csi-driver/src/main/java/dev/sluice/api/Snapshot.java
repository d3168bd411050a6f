package dev.sluice.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A point in time of a volume, held as a thin snapshot on the node that has it. */
@Group("sluice.dev")
@Version("v1alpha1")
@Kind("Snapshot")
@Singular("snapshot")
@Plural("snapshots")
@Categories("sluice")
@AdditionalPrinterColumn(name = "VOLUME", jsonPath = ".spec.sourceVolume")
@AdditionalPrinterColumn(name = "NODE", jsonPath = ".spec.node")
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "SIZE", jsonPath = ".status.sizeBytes")
@AdditionalPrinterColumn(
        name = "INTERNAL",
        jsonPath = ".spec.internal",
        type = AdditionalPrinterColumn.Type.BOOLEAN,
        priority = 1)
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.reason",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class Snapshot extends CustomResource<SnapshotSpec, SnapshotStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable SnapshotSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable SnapshotStatus initStatus() {
        return null;
    }
}
