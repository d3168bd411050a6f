/** The cluster the tests run on: the lab, or any other. */
@NullMarked
package dev.sluice.e2e.cluster;

import org.jspecify.annotations.NullMarked;
