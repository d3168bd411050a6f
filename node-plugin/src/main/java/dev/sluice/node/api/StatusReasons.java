package dev.sluice.node.api;

import dev.sluice.api.Regression;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;

/** The words in which a status tells the kinds of errors. */
final class StatusReasons {
    static final String NO_SPACE = "NoSpace";
    static final String SOURCE_UNAVAILABLE = "SourceUnavailable";
    static final String DATA_LOSS = VolumeStatus.ORIGIN_UNAVAILABLE;
    static final String HOST = "HostError";

    private StatusReasons() {}

    static String of(ErrorKind kind) {
        return switch (kind) {
            case NO_SPACE -> NO_SPACE;
            case UNAVAILABLE, NOT_FOUND -> SOURCE_UNAVAILABLE;
            case DATA_LOSS -> DATA_LOSS;
            case OUTDATED -> Regression.REASON;
            case HOST -> HOST;
            case IN_USE -> "InUse";
            case BUSY, STILL_WORKING -> "InProgress";
            case INVALID, ALREADY_EXISTS, OUT_OF_RANGE, UNSUPPORTED -> "Refused";
        };
    }

    /**
     * What a wait that ends with this reason is to its caller. All leave the kubelet uncertain, so that it unstages when the pod is gone (ADR
     * 16): after an error that it takes as final the declaration would stay, and the volume would come for a pod that is elsewhere.
     */
    static ErrorKind kind(String reason) {
        return switch (reason) {
            case NO_SPACE -> ErrorKind.NO_SPACE;
            case SOURCE_UNAVAILABLE, DATA_LOSS, HOST, Regression.REASON -> ErrorKind.UNAVAILABLE;
            default -> ErrorKind.STILL_WORKING;
        };
    }
}
