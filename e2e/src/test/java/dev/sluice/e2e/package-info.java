/** The jobs of a volume, end to end: real Kubernetes, real kernels, checksums. */
@NullMarked
package dev.sluice.e2e;

import org.jspecify.annotations.NullMarked;
