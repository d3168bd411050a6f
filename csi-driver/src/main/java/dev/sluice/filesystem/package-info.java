/** The file systems that are offered, and the options of theirs that a class may name. */
@NullMarked
package dev.sluice.filesystem;

import org.jspecify.annotations.NullMarked;
