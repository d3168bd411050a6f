/** What the node plugin needs of its host, as ports of at most six methods: find (Optional), ensure (idempotent), remove (absent is success). */
@NullMarked
package dev.sluice.node.host;

import org.jspecify.annotations.NullMarked;
