/** After every test the nodes and the cluster must be exactly as before. */
@NullMarked
package dev.sluice.e2e.leak;

import org.jspecify.annotations.NullMarked;
