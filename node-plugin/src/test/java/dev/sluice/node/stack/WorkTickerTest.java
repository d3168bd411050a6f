package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkTickerTest {
    private final BlockingQueue<Integer> left = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> steps = new LinkedBlockingQueue<>();
    private final WorkTicker ticker = new WorkTicker("test", Duration.ofMillis(1), this::step);

    /** One piece of work at a time. */
    private boolean step() {
        Integer piece = left.poll();
        steps.add(piece == null ? 0 : piece);
        return !left.isEmpty();
    }

    @AfterEach
    void close() {
        ticker.close();
    }

    @Test
    void worksUntilNothingIsLeftAndThenSleeps() throws InterruptedException {
        left.add(1);
        left.add(2);
        ticker.start();
        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
        Awaitility.await().until(() -> !ticker.isAwake());
        assertThat(steps).as("without work").isEmpty();
        left.add(3);
        ticker.wake();
        assertThat(next()).isEqualTo(3);
    }

    @Test
    void isNotWokenAfterItsEnd() {
        ticker.start();
        ticker.close();
        ticker.wake();
        assertThat(steps).hasSizeLessThanOrEqualTo(1);
    }

    private Integer next() throws InterruptedException {
        return steps.poll(10, TimeUnit.SECONDS);
    }
}
