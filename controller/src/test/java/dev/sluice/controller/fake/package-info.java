/** The cluster and its nodes, in memory. */
@NullMarked
package dev.sluice.controller.fake;

import org.jspecify.annotations.NullMarked;
