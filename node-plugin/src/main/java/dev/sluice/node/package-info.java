/** The node plugin: settings and wiring. */
@NullMarked
package dev.sluice.node;

import org.jspecify.annotations.NullMarked;
