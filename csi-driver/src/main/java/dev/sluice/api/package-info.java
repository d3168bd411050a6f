/** The custom resources of group sluice.dev: each spec and status is an immutable record, so only the envelope knows Kubernetes. */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
