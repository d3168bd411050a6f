package dev.sluice.e2e.bench;

import java.util.Locale;

/** Rows of a table that says what was wanted, what was measured, and whether that is enough. */
final class Bars {
    private final StringBuilder text = new StringBuilder("\n| bar | allowed | measured | |\n|---|---|---|---|\n");

    Bars atLeast(String name, double allowed, double measured) {
        return row(name, "at least", allowed, measured, measured >= allowed);
    }

    Bars atMost(String name, double allowed, double measured) {
        return row(name, "at most", allowed, measured, measured <= allowed);
    }

    private Bars row(String name, String kind, double allowed, double measured, boolean reached) {
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s %s | %s | %s |%n",
                name,
                kind,
                number(allowed),
                number(measured),
                Double.isNaN(measured) ? "not measured" : reached ? "reached" : "**missed**"));
        return this;
    }

    /** Two digits, three where a hundredth is all that is allowed. */
    private static String number(double value) {
        return Double.isNaN(value)
                ? "-"
                : String.format(Locale.ROOT, value > 0.95 && value < 1.05 ? "%.3f" : "%.2f", value);
    }

    String markdown() {
        return text.toString();
    }
}
