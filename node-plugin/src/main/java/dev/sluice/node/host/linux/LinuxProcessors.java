package dev.sluice.node.host.linux;

import dev.sluice.node.host.ProcessorTime;
import dev.sluice.node.host.Processors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** By /proc/stat, which is not cheap on a large machine: the kernel sums up all interrupts for it. */
final class LinuxProcessors implements Processors {
    private static final long FRESH_NANOS = 500_000_000;
    /** user, nice, system, idle, iowait, irq, softirq, steal; what guests had is in user and nice already. */
    private static final int TIMES = 8;

    private static final int IDLE = 3;
    private static final int WAITING = 4;

    private record Seen(long nanoTime, ProcessorTime time) {}

    private final Path stat;
    private final LongSupplier nanoTime;
    private volatile Seen last;

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    LinuxProcessors(Path proc, LongSupplier nanoTime) {
        this.stat = proc.resolve("stat");
        this.nanoTime = nanoTime;
        this.last = new Seen(nanoTime.getAsLong() - FRESH_NANOS, ProcessorTime.NONE);
    }

    @Override
    public ProcessorTime time() {
        long now = nanoTime.getAsLong();
        if (now - last.nanoTime() >= FRESH_NANOS) {
            last = new Seen(
                    now, KernelFiles.find(stat).map(LinuxProcessors::read).orElse(ProcessorTime.NONE));
        }
        return last.time();
    }

    private static ProcessorTime read(String text) {
        String[] words = text.lines().findFirst().orElse("").split(" +");
        if (!words[0].equals("cpu") || words.length <= TIMES) {
            return ProcessorTime.NONE;
        }
        long[] times =
                Arrays.stream(words, 1, TIMES + 1).mapToLong(Long::parseLong).toArray();
        return new ProcessorTime(
                times[IDLE] + times[WAITING], Arrays.stream(times).sum());
    }
}
