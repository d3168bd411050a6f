package dev.sluice.controller.api;

import dev.sluice.api.CloneHydration;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.Snapshot;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * How objects of one kind are written.
 *
 * @param labeller labels from key and spec: by them nodes and the controller find what concerns them
 * @param holdsData it stands for something on a node, and so is kept by our finalizer until that is removed
 */
record Kind<S, R>(
        Class<R> type, Supplier<R> maker, BiFunction<String, S, Map<String, String>> labeller, boolean holdsData) {

    static final Kind<VolumeSpec, Volume> VOLUME =
            new Kind<>(Volume.class, Volume::new, (id, spec) -> volumeLabels(spec), true);

    static final Kind<SnapshotSpec, Snapshot> SNAPSHOT =
            new Kind<>(Snapshot.class, Snapshot::new, (id, spec) -> snapshotLabels(spec), true);

    static final Kind<ExportSpec, Export> EXPORT = new Kind<>(
            Export.class,
            Export::new,
            (name, spec) -> Map.of(
                    Names.LABEL_NODE,
                    spec.originNode(),
                    Names.LABEL_VOLUME,
                    spec.volume(),
                    Names.concernsLabel(spec.clientNode()),
                    "true"),
            true);

    static final Kind<CloneHydrationSpec, CloneHydration> HYDRATION = new Kind<>(
            CloneHydration.class,
            CloneHydration::new,
            (key, spec) -> Map.of(Names.LABEL_NODE, spec.node(), Names.LABEL_VOLUME, spec.volume()),
            false);

    R fresh() {
        return maker.get();
    }

    Map<String, String> labels(String key, S spec) {
        return labeller.apply(key, spec);
    }

    private static Map<String, String> volumeLabels(VolumeSpec spec) {
        Map<String, String> labels = new HashMap<>();
        labels.put(Names.concernsLabel(spec.home()), "true");
        if (spec.target() != null) {
            labels.put(Names.concernsLabel(spec.target()), "true");
        }
        VolumeRecovery.of(spec).copies().forEach(lost -> labels.put(Names.concernsLabel(lost.node()), "true"));
        return labels;
    }

    private static Map<String, String> snapshotLabels(SnapshotSpec spec) {
        String volume = spec.forVolume() == null ? spec.sourceVolume() : spec.forVolume();
        return Map.of(Names.LABEL_NODE, spec.node(), Names.LABEL_VOLUME, volume);
    }
}
