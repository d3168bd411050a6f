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

/** A pod on this node wants, or has, this volume. Created and deleted by that node. */
@Group("sluice.dev")
@Version("v1alpha1")
@Kind("Attachment")
@Singular("attachment")
@Plural("attachments")
@Categories("sluice")
@AdditionalPrinterColumn(name = "VOLUME", jsonPath = ".spec.volume")
@AdditionalPrinterColumn(name = "NODE", jsonPath = ".spec.node")
@AdditionalPrinterColumn(name = "STATE", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "REASON", jsonPath = ".status.reason")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class Attachment extends CustomResource<AttachmentSpec, AttachmentStatus> {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable AttachmentSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable AttachmentStatus initStatus() {
        return null;
    }
}
