/** What the controller decides, on records alone: neither gRPC nor Kubernetes is known here. */
@NullMarked
package dev.sluice.controller.domain;

import org.jspecify.annotations.NullMarked;
