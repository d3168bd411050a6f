package dev.sluice.rpc;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers a unary call with what a supplier returns, or with the status of what it throws. */
public final class Calls {
    private Calls() {}

    public static <T> void answer(StreamObserver<T> observer, Supplier<T> call) {
        T reply;
        try {
            reply = call.get();
        } catch (RuntimeException failure) {
            observer.onError(StatusCodes.of(failure).asRuntimeException());
            return;
        }
        observer.onNext(reply);
        observer.onCompleted();
    }
}
