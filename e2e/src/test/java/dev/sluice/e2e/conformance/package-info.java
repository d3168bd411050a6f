/** What others demand of a CSI driver, run against this one. */
@NullMarked
package dev.sluice.e2e.conformance;

import org.jspecify.annotations.NullMarked;
