package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * The origin of a volume's bytes.
 *
 * @param kind what the origin is
 * @param name the source volume's or snapshot's id, or for a move the previous home
 * @param node the node that has the origin
 * @param snapshot the Snapshot that is exported or shared; absent for a move and for a clone on the source's own node
 * @param sizeBytes bytes of the origin; the volume may be larger
 * @param feed what the origin itself was still hydrating from when the volume was asked for; absent when the origin is whole
 */
public record Origin(
        @Required OriginKind kind,
        @Required String name,
        @Required String node,
        @Nullable String snapshot,
        @Required long sizeBytes,
        @Nullable Feed feed) {
    /** An origin that is whole. */
    public Origin(OriginKind kind, String name, String node, @Nullable String snapshot, long sizeBytes) {
        this(kind, name, node, snapshot, sizeBytes, null);
    }
}
