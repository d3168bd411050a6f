/** The controller's side of the Kubernetes API: the registry on live objects, and the reconcilers. */
@NullMarked
package dev.sluice.controller.api;

import org.jspecify.annotations.NullMarked;
