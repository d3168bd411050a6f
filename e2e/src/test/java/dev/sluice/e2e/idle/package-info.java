/** A CSI driver that does nothing: what Kubernetes itself needs for a pod with a volume, to measure ours against. */
@NullMarked
package dev.sluice.e2e.idle;

import org.jspecify.annotations.NullMarked;
