/** The gRPC edge: the server on a unix socket and the one table from errors to status codes. */
@NullMarked
package dev.sluice.rpc;

import org.jspecify.annotations.NullMarked;
