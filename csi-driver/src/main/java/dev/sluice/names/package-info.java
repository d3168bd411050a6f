/** Names from which everything else is found again: there is no other database. */
@NullMarked
package dev.sluice.names;

import org.jspecify.annotations.NullMarked;
