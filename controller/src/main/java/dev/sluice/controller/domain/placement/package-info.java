/** Where pods go: what the webhook adds to them, which nodes they are kept off, and which of them are sent elsewhere. */
@NullMarked
package dev.sluice.controller.domain.placement;

import org.jspecify.annotations.NullMarked;
