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

/** An order to serve one origin, read-only, over iSCSI, to exactly one client node. */
@Group("sluice.dev")
@Version("v1alpha1")
@Kind("Export")
@Singular("export")
@Plural("exports")
@Categories("sluice")
@AdditionalPrinterColumn(name = "ORIGIN", jsonPath = ".spec.source")
@AdditionalPrinterColumn(name = "FROM", jsonPath = ".spec.originNode")
@AdditionalPrinterColumn(name = "TO", jsonPath = ".spec.clientNode")
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase")
@AdditionalPrinterColumn(
        name = "PORTAL",
        jsonPath = ".status.portal",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(
        name = "RETAINED",
        jsonPath = ".spec.retainUntil",
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
public final class Export extends CustomResource<ExportSpec, ExportStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable ExportSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ExportStatus initStatus() {
        return null;
    }
}
