package dev.sluice.node.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Calls that went through ports, to make them once more: what the fake kernel costs by itself. */
public final class RecordedCalls {
    private record Call(Object port, Method method, Object[] arguments) {}

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private volatile boolean recording;

    /** The port, through which calls pass as they are. */
    public <T> T through(Class<T> type, T port) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given;
                    if (recording) {
                        calls.add(new Call(port, method, arguments));
                    }
                    return invoke(port, method, arguments);
                }));
    }

    public void record(boolean on) {
        recording = on;
    }

    public void replay() {
        calls.forEach(call -> {
            try {
                invoke(call.port(), call.method(), call.arguments());
            } catch (Throwable failure) {
                throw new AssertionError(call.method() + " failed", failure);
            }
        });
    }

    /** How often each was called. */
    public Map<String, Long> counts() {
        Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
        calls.forEach(call -> counts.computeIfAbsent(
                        call.method().getDeclaringClass().getSimpleName() + "."
                                + call.method().getName(),
                        name -> new AtomicLong())
                .incrementAndGet());
        Map<String, Long> sorted = new TreeMap<>();
        counts.forEach((name, count) -> sorted.put(name, count.get()));
        return sorted;
    }

    private static @Nullable Object invoke(Object port, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(port, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
