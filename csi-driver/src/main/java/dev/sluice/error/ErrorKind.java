package dev.sluice.error;

/** What kind of thing went wrong; the edge maps each kind to one gRPC code. */
public enum ErrorKind {
    /** The request itself is wrong and will be wrong again. */
    INVALID,
    /** The named object does not exist. */
    NOT_FOUND,
    /** The name is taken by an object with other properties. */
    ALREADY_EXISTS,
    /** A size that cannot be served. */
    OUT_OF_RANGE,
    /** No room: another node may have some. */
    NO_SPACE,
    /** Another operation on the same object is in flight; ask again. */
    BUSY,
    /** The object is in a state that forbids the operation, for example in use. */
    IN_USE,
    /** A node or the API cannot be reached now; ask again. */
    UNAVAILABLE,
    /** The work goes on, but did not finish within the caller's deadline; ask again. */
    STILL_WORKING,
    /** Sluice does not offer this. */
    UNSUPPORTED,
    /** Data is not whole; it is never handed out. */
    DATA_LOSS,
    /** The order is older than the data: its object was restored from a backup. Nothing is done until somebody decides. */
    OUTDATED,
    /** The host answered in a way that needs a person: a tool failed, a device is not what it should be. */
    HOST
}
