package dev.sluice.e2e.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The measurements of one scenario, mostly in seconds.
 *
 * @param <M> what was measured
 */
final class Samples<M> {
    private final Map<M, List<Double>> seconds = new HashMap<>();

    void add(Map<M, Double> timeline) {
        timeline.forEach((milestone, value) ->
                seconds.computeIfAbsent(milestone, key -> new ArrayList<>()).add(value));
    }

    double median(M milestone) {
        List<Double> values = sorted(milestone);
        if (values.isEmpty()) {
            return Double.NaN;
        }
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    String spread(M milestone) {
        List<Double> values = sorted(milestone);
        return values.isEmpty() ? "-" : text(values.getFirst()) + " to " + text(values.getLast());
    }

    String medianAndSpread(M milestone) {
        return sorted(milestone).isEmpty() ? "-" : text(median(milestone)) + " (" + spread(milestone) + ")";
    }

    double largest(M milestone) {
        List<Double> values = sorted(milestone);
        return values.isEmpty() ? Double.NaN : values.getLast();
    }

    static String text(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    private List<Double> sorted(M milestone) {
        return seconds.getOrDefault(milestone, List.of()).stream().sorted().toList();
    }
}
