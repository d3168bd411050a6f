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

/** What a node offers: its pools, its address and key, and whether it is fit to hold volumes. */
@Group("sluice.dev")
@Version("v1alpha1")
@Kind("StorageNode")
@Singular("storagenode")
@Plural("storagenodes")
@Categories("sluice")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "EVACUATED", jsonPath = ".status.conditions[?(@.type==\"Evacuated\")].status")
@AdditionalPrinterColumn(name = "ADDRESS", jsonPath = ".status.address")
@AdditionalPrinterColumn(
        name = "KERNEL",
        jsonPath = ".status.kernel",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(name = "ENGINE", jsonPath = ".status.engine")
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class StorageNode extends CustomResource<StorageNodeSpec, StorageNodeStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable StorageNodeSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable StorageNodeStatus initStatus() {
        return null;
    }
}
