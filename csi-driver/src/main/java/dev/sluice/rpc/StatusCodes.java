package dev.sluice.rpc;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import io.grpc.Status;

/** The one table from error kinds to gRPC codes. */
final class StatusCodes {
    private StatusCodes() {}

    static Status of(Throwable failure) {
        if (failure instanceof SluiceException known) {
            return code(known.kind()).withDescription(known.getMessage()).withCause(known);
        }
        return Status.INTERNAL
                .withDescription("Sluice failed in a way it did not expect: " + failure)
                .withCause(failure);
    }

    // Kubernetes reads only CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE and ABORTED as "still in progress, keep what was
    // begun".
    private static Status code(ErrorKind kind) {
        return switch (kind) {
            case INVALID -> Status.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.NOT_FOUND;
            case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
            case OUT_OF_RANGE -> Status.OUT_OF_RANGE;
            case NO_SPACE -> Status.RESOURCE_EXHAUSTED;
            case BUSY -> Status.ABORTED;
            case IN_USE, OUTDATED -> Status.FAILED_PRECONDITION;
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case STILL_WORKING -> Status.DEADLINE_EXCEEDED;
            case UNSUPPORTED -> Status.UNIMPLEMENTED;
            case DATA_LOSS -> Status.DATA_LOSS;
            case HOST -> Status.INTERNAL;
        };
    }
}
