package dev.sluice.node.clone;

import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the host has of a volume; null is absent. */
public record Observed(
        @Nullable LogicalVolume data,
        @Nullable LogicalVolume metadata,
        @Nullable MappedDevice outer,
        @Nullable MappedDevice engine,
        @Nullable MappedDevice source,
        @Nullable IscsiSession session) {
    /** State of the copy; empty when there is none. */
    public Optional<CopyTags> tags() {
        return Optional.ofNullable(data).map(CopyTags::of);
    }
}
