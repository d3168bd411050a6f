package dev.sluice.controller.domain;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs this module's JMH benchmarks; with -Pmicrobench, which generates their code. */
class BenchJmh {
    @Test
    void all() throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(System.getProperty("sluice.bench", "dev\\.sluice\\..*Benchmark"))
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.MICROSECONDS)
                        .forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(1))
                        .addProfiler("gc")
                        .shouldFailOnError(true)
                        .build())
                .run();
    }
}
