package dev.sluice.node.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** What one thread has used so far: a busy machine delays it, and does not change these figures. */
public record ThreadCost(long cpuNanos, long allocatedBytes) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public static ThreadCost of(Thread thread) {
        long id = thread.threadId();
        return new ThreadCost(THREADS.getThreadCpuTime(id), THREADS.getThreadAllocatedBytes(id));
    }

    /** The one platform thread of this name. */
    public static Thread named(String name) {
        Thread[] all = new Thread[Thread.activeCount() + 64];
        Thread.enumerate(all);
        return Arrays.stream(all)
                .filter(thread -> thread != null && thread.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no thread " + name));
    }

    public ThreadCost minus(ThreadCost before) {
        return new ThreadCost(cpuNanos - before.cpuNanos, allocatedBytes - before.allocatedBytes);
    }

    public ThreadCost dividedBy(long times) {
        return new ThreadCost(cpuNanos / times, allocatedBytes / times);
    }
}
