package dev.sluice.node.stack;

import dev.sluice.node.host.Chap;

/**
 * An origin to serve.
 *
 * @param name the Export's name
 * @param pool the configured pool the source lives in
 * @param source name of the logical volume, a snapshot's id
 * @param initiator the one initiator that may log in
 * @param portal address:port
 */
public record ExportOrder(String name, String pool, String source, String initiator, String portal, Chap chap) {
    /** The same, of one copy of a volume. */
    ExportOrder of(String copy) {
        return new ExportOrder(name, pool, copy, initiator, portal, chap);
    }
}
