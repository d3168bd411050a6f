/** The CSI edge of the node: parse, hold the volume's lock, act, reply. */
@NullMarked
package dev.sluice.node.rpc;

import org.jspecify.annotations.NullMarked;
