package dev.sluice.node.api;

import dev.sluice.node.stack.HydrationReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Progress as gauges, for those who want it finer than the status tells. */
public final class HydrationMetrics {
    private final Map<String, HydrationReport> latest = new ConcurrentHashMap<>();
    private final Map<MultiGauge, ToDoubleFunction<HydrationReport>> gauges;

    public HydrationMetrics(MeterRegistry registry) {
        gauges = Map.of(
                gauge(registry, "sluice.hydration.total.bytes", "Bytes of the origin"),
                HydrationReport::totalBytes,
                gauge(registry, "sluice.hydration.hydrated.bytes", "Bytes that are local"),
                HydrationReport::hydratedBytes,
                gauge(registry, "sluice.hydration.remaining.bytes", "Bytes still to come"),
                HydrationReport::remainingBytes,
                gauge(registry, "sluice.hydration.rate.bytes.per.second", "Bytes a second, over the last seconds"),
                report -> report.bytesPerSecond() == null ? 0 : report.bytesPerSecond());
    }

    void observed(HydrationReport report) {
        if (latest.put(report.volume(), report) == null) {
            register();
        }
    }

    void forget(String volume) {
        if (latest.remove(volume) != null) {
            register();
        }
    }

    private void register() {
        gauges.forEach((gauge, number) -> gauge.register(
                latest.keySet().stream()
                        .map(volume -> MultiGauge.Row.of(
                                Tags.of("volume", volume), latest, reports -> value(reports, volume, number)))
                        .toList(),
                true));
    }

    private static double value(
            Map<String, HydrationReport> reports, String volume, ToDoubleFunction<HydrationReport> number) {
        HydrationReport report = reports.get(volume);
        return report == null ? Double.NaN : number.applyAsDouble(report);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }
}
