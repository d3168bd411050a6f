package dev.sluice.controller.domain;

import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is decided for one volume in a cluster of 100 nodes. */
@State(Scope.Thread)
public class PlansBenchmark {
    private static final int NODES = 100;
    private static final String VOLUME = Names.volumeId("data");

    private final MovePlan.View moving = moving();
    private final Family family = new Family(
            moving.volume(),
            List.of(),
            moving.exports(),
            Set.of(),
            Optional.empty(),
            Optional.empty(),
            Set.of(),
            Set.of(),
            Instant.EPOCH);

    /** A pod has left its node and wants the volume on another. */
    private static MovePlan.View moving() {
        FakeRegistry registry = new FakeRegistry();
        for (int node = 0; node < NODES; node++) {
            registry.addNode("n" + node);
        }
        Operations operations = TestOperations.over(registry.asRegistry());
        Volumes.create(operations, "data", "n0", Placement.FOLLOW);
        registry.attach(VOLUME, "n1", true);
        Stored<VolumeSpec, VolumeStatus> volume = registry.volumes.find(VOLUME).orElseThrow();
        Registry seen = registry.asRegistry();
        return new MovePlan.View(
                volume,
                seen.exports().findByVolume(VOLUME),
                seen.nodes().attachments(VOLUME),
                seen.nodes().findAll());
    }

    @Benchmark
    public Object movePlan() {
        return MovePlan.of(moving);
    }

    @Benchmark
    public Object moveAnswer() {
        return MovePlan.answer(moving, "n1");
    }

    @Benchmark
    public Object movePlaces() {
        return MovePlan.places(moving);
    }

    @Benchmark
    public Object volumePlan() {
        return VolumePlan.of(family);
    }
}
