/** Health and metrics over HTTP. */
@NullMarked
package dev.sluice.node.health;

import org.jspecify.annotations.NullMarked;
