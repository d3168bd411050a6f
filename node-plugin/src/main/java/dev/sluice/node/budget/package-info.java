/** Who may copy how much of what is shared: arithmetic, and what is known of the limits. */
@NullMarked
package dev.sluice.node.budget;

import org.jspecify.annotations.NullMarked;
