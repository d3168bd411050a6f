package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.node.bench.MarkdownSection;
import dev.sluice.node.bench.ThreadCost;
import dev.sluice.node.budget.BudgetBoard;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What it costs to look at 500 hydrating volumes as often as the plugin does: processor time and allocations of the one thread that looks.
 * Written to docs/benchmarks.md, never asserted.
 */
class BenchPoll {
    private static final int VOLUMES = Integer.getInteger("sluice.bench.volumes", 500);
    private static final int LOOKS = Integer.getInteger("sluice.bench.looks", 30);
    private static final double LOOKS_A_SECOND = (double) Duration.ofSeconds(1).toNanos()
            / Hydrations.interval(VOLUMES).toNanos();
    private static final double BAR_PERCENT = 2;
    /** As low as can be: no window is opened, which is other work than looking. */
    private static final long NO_FLOOR = 1;

    /** @param fake what the same calls cost when nothing but the fake kernel answers them */
    private record Measured(ThreadCost all, ThreadCost fake, Map<String, Long> calls) {}

    /** Counts what is observed; a permit for each look at all of them. */
    private static final class Observer implements HydrationListener {
        private final Semaphore looks = new Semaphore(0);
        private int seen;
        private volatile @Nullable HydrationReport last;

        @Override
        public void observed(HydrationReport report) {
            last = report;
            if (++seen % VOLUMES == 0) {
                looks.release();
            }
        }

        void await(int count) {
            looks.drainPermits();
            looks.acquireUninterruptibly(count);
        }
    }

    @Test
    void aLookAtManyHydratingVolumes() {
        Measured plain = measure(new HydrationSettings(false, null, 0, null, NO_FLOOR));
        Measured limited = measure(new HydrationSettings(false, 1L << 30, 0, null, NO_FLOOR));

        MarkdownSection section = new MarkdownSection("bench poll");
        section.write(report(plain, limited));
    }

    private static Measured measure(HydrationSettings settings) {
        HydratingNode measured = new HydratingNode(VOLUMES, false);
        ThreadCost all = look(measured, settings, LOOKS);
        // On another node: to record costs something too.
        HydratingNode recorded = new HydratingNode(VOLUMES, true);
        look(recorded, settings, 1);
        return new Measured(all, replay(recorded), recorded.calls.counts());
    }

    /** From the plugin's start to where it only looks; then the mean cost of a look. */
    private static ThreadCost look(HydratingNode node, HydrationSettings settings, int looks) {
        HydratingNode.Later clock = new HydratingNode.Later();
        Observer observer = new Observer();
        try (Hydrations hydrations = new Hydrations(node.stacks, node.host, new BudgetBoard("n1"), observer, clock)) {
            node.follow(hydrations, settings);
            hydrations.start();
            observer.await(2);
            // The grace that a pod's start is given, then the trim.
            clock.pass(Duration.ofMinutes(1));
            observer.await(4);
            node.hydrate();
            observer.await(looks);
            node.hydrate();
            Thread ticker = ThreadCost.named("hydrations");
            observer.await(1);
            ThreadCost before = ThreadCost.of(ticker);
            observer.await(looks);
            ThreadCost cost = ThreadCost.of(ticker).minus(before).dividedBy(looks);
            assertThat(observer.last).extracting(HydrationReport::phase).isEqualTo(HydrationPhase.HYDRATING);
            node.calls.record(true);
            observer.await(1);
            node.calls.record(false);
            return cost;
        }
    }

    private static ThreadCost replay(HydratingNode node) {
        for (int warm = 0; warm < LOOKS; warm++) {
            node.calls.replay();
        }
        ThreadCost before = ThreadCost.of(Thread.currentThread());
        for (int look = 0; look < LOOKS; look++) {
            node.calls.replay();
        }
        return ThreadCost.of(Thread.currentThread()).minus(before).dividedBy(LOOKS);
    }

    private static String report(Measured plain, Measured limited) {
        return """
                ## The cost of looking at hydrating volumes

                `./mvnw -Pmicrobench -pl csi-driver,node-plugin test -Dtest=BenchPoll -Dsurefire.failIfNoSpecifiedTests=false`. %d volumes hydrate on one node, each mounted; the
                plugin looks at each of up to 500 once a second, of more less often, here %s times a second; between looks it reads the status of those with a
                `maxBytesPerSecond` again and again. Processor time and allocations of the thread that looks, mean of %d rounds, after as many to warm up, by the JVM's
                own counters: waiting for a processor is not counted, cold caches are. The host is FakeHost. What its answers cost is measured by
                making one round's calls once more without the plugin, and is the second row; it stands in the place of the kernel's
                answers, which are not in these figures: what the plugin does itself for an ioctl or to read sysfs is among the micro-benchmarks. Not in them
                either: writing progress to the API, once in 10 s a volume, and work in the background (trims, windows, finishing). Measured
                %s with %s.

                | a round | no limit: CPU | of a core | allocated | each with a limit: CPU | of a core | allocated |
                |---|---|---|---|---|---|---|
                %s
                %s
                %s

                | bar | allowed | measured | |
                |---|---|---|---|
                %s
                %s

                Calls of a round, no limit: %s; with a limit: %s.
                """.formatted(
                        VOLUMES,
                        LOOKS_A_SECOND,
                        LOOKS,
                        LocalDate.now(Clock.systemUTC()),
                        MarkdownSection.machine(),
                        row("plugin on FakeHost", plain.all(), limited.all()),
                        row("FakeHost's answers alone", plain.fake(), limited.fake()),
                        row(
                                "the difference: the plugin",
                                plain.all().minus(plain.fake()),
                                limited.all().minus(limited.fake())),
                        bar("a core for " + VOLUMES + " volumes, FakeHost included", plain.all()),
                        bar("the same, each with a limit", limited.all()),
                        plain.calls(),
                        limited.calls());
    }

    private static String row(String what, ThreadCost plain, ThreadCost limited) {
        return "| %s | %s | %s |".formatted(what, cells(plain), cells(limited));
    }

    private static String cells(ThreadCost cost) {
        return String.format(
                Locale.ROOT,
                "%.2f ms | %.2f %% | %.2f MiB/s",
                cost.cpuNanos() / 1e6,
                percent(cost),
                cost.allocatedBytes() * LOOKS_A_SECOND / (1 << 20));
    }

    private static String bar(String what, ThreadCost cost) {
        return String.format(
                Locale.ROOT,
                "| %s | %.0f %% | %.2f %% | %s |",
                what,
                BAR_PERCENT,
                percent(cost),
                percent(cost) < BAR_PERCENT ? "reached" : "**missed**");
    }

    private static double percent(ThreadCost cost) {
        return cost.cpuNanos() / 1e9 * LOOKS_A_SECOND * 100;
    }
}
