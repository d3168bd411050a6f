/** What a node does with devices: volumes, snapshots, exports and hydration, on the ports of the host. */
@NullMarked
package dev.sluice.node.stack;

import org.jspecify.annotations.NullMarked;
