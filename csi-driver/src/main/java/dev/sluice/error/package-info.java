/** What can go wrong, in one type with a kind. */
@NullMarked
package dev.sluice.error;

import org.jspecify.annotations.NullMarked;
