package dev.sluice.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line a call: its name, how it ended and how long it took. Never a request's content, which may carry secrets. */
final class CallLog implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(CallLog.class);

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        long start = System.nanoTime();
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                        write(method, status, millis);
                        super.close(status, trailers);
                    }
                },
                headers);
    }

    private static void write(String method, Status status, long millis) {
        if (status.getCode() == Status.Code.INTERNAL) {
            log.atError()
                    .setCause(status.getCause())
                    .log("{} failed after {} ms: {}", method, millis, status.getDescription());
        } else if (status.isOk()) {
            boolean routine = method.equals("Probe") || method.contains("Capabilities");
            log.atLevel(routine ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.INFO)
                    .log("{} ok in {} ms", method, millis);
        } else {
            log.info("{} answered {} after {} ms: {}", method, status.getCode(), millis, status.getDescription());
        }
    }
}
