/** The node's side of the custom resources: reconcilers, publishers and the one class that speaks with the cluster. */
@NullMarked
package dev.sluice.node.api;

import org.jspecify.annotations.NullMarked;
