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

/** A volume's data: where it lives, how large it is, and what becomes of it. Written by the controller; status by the home node. */
@Group("sluice.dev")
@Version("v1alpha1")
@Kind("Volume")
@Singular("volume")
@Plural("volumes")
@Categories("sluice")
@AdditionalPrinterColumn(name = "SIZE", jsonPath = ".status.sizeBytes")
@AdditionalPrinterColumn(name = "POOL", jsonPath = ".spec.pool")
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "HOME", jsonPath = ".spec.home")
@AdditionalPrinterColumn(name = "EPOCH", jsonPath = ".spec.epoch", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "ORIGIN",
        jsonPath = ".spec.origin.name",
        type = AdditionalPrinterColumn.Type.STRING,
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
public final class Volume extends CustomResource<VolumeSpec, VolumeStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable VolumeSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable VolumeStatus initStatus() {
        return null;
    }
}
