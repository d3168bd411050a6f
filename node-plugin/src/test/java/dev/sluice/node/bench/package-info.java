/** What the benchmarks share: where they write, and how they count. They run only by name, see docs/benchmarks.md. */
@NullMarked
package dev.sluice.node.bench;

import org.jspecify.annotations.NullMarked;
