/**
 * An in-memory kernel for tests: stateful, with failure switches, and honest about what a power cut loses. Content is kept in blocks of
 * 4 KiB, each one number: 0 is what an unwritten thin block reads as, {@link dev.sluice.node.host.fake.FakeHost#FREED} is a block the file
 * system on top has given up.
 */
@NullMarked
package dev.sluice.node.host.fake;

import org.jspecify.annotations.NullMarked;
