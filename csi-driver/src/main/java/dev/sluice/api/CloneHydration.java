package dev.sluice.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** The progress of one clone, beside its PVC and under its name. */
@Group("sluice.dev")
@Version("v1alpha1")
@Kind("CloneHydration")
@Singular("clonehydration")
@Plural("clonehydrations")
@ShortNames("ch")
@Categories("sluice")
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "PROGRESS", jsonPath = ".status.summary.progress")
@AdditionalPrinterColumn(name = "REMAINING", jsonPath = ".status.summary.remaining")
@AdditionalPrinterColumn(name = "RATE", jsonPath = ".status.summary.rate")
@AdditionalPrinterColumn(name = "ETA", jsonPath = ".status.summary.eta")
@AdditionalPrinterColumn(name = "ORIGIN", jsonPath = ".status.summary.origin")
@AdditionalPrinterColumn(name = "NODE", jsonPath = ".spec.node")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "VOLUME",
        jsonPath = ".spec.volume",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(
        name = "ENGINE",
        jsonPath = ".status.engine",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(
        name = "COPIED",
        jsonPath = ".status.copiedBytes",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "SKIPPED",
        jsonPath = ".status.skippedBytes",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "REUSED",
        jsonPath = ".status.reusedBytes",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(
        name = "REASON",
        jsonPath = ".status.reason",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
public final class CloneHydration extends CustomResource<CloneHydrationSpec, CloneHydrationStatus>
        implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable CloneHydrationSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable CloneHydrationStatus initStatus() {
        return null;
    }
}
