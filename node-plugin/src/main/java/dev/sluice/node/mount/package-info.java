/** Staging and publishing of volumes: what the kubelet asks of a node. */
@NullMarked
package dev.sluice.node.mount;

import org.jspecify.annotations.NullMarked;
