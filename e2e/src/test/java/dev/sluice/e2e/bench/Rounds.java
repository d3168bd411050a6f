package dev.sluice.e2e.bench;

import java.util.Objects;

/** How often a benchmark measures everything: SLUICE_BENCH_ROUNDS says so for a look that need not be exact. */
final class Rounds {
    private Rounds() {}

    static int orElse(int usual) {
        return Integer.parseInt(
                Objects.requireNonNullElse(System.getenv("SLUICE_BENCH_ROUNDS"), String.valueOf(usual)));
    }
}
