/** Planning: what is wanted and what is observed become a list of steps. Pure: no IO, no clock, no logger. */
@NullMarked
package dev.sluice.node.clone;

import org.jspecify.annotations.NullMarked;
