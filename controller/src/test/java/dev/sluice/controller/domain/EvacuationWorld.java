package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestClock;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A cluster of which n1 is emptied; its nodes do what they are told. */
final class EvacuationWorld {
    static final long GIB = 1L << 30;

    final FakeRegistry registry = new FakeRegistry();
    final Operations operations = TestOperations.over(registry.asRegistry());
    final TestClock clock = new TestClock();
    final List<ClaimSet> sets = new ArrayList<>();
    Evacuations evacuations = evacuations();

    EvacuationWorld(String... nodes) {
        Stream.of(nodes).forEach(registry::addNode);
    }

    /** As another replica would go on. */
    Evacuations evacuations() {
        return new Evacuations(registry.asRegistry(), operations, () -> sets, 1, clock);
    }

    String volume(String claim, String home, long bytes, Placement placement) {
        String id = Names.volumeId(claim);
        registry.volumes.create(
                id,
                new VolumeSpec(
                        claim,
                        bytes,
                        "fast",
                        VolumeMode.FILESYSTEM,
                        "ext4",
                        placement,
                        home,
                        null,
                        1,
                        null,
                        new ClaimReference("apps", claim, "pv-" + claim),
                        HydrationSettings.DEFAULT,
                        DesiredState.PRESENT));
        nodesAct();
        return id;
    }

    String volume(String claim) {
        return volume(claim, "n1", GIB, Placement.FOLLOW);
    }

    /** Of a volume that is there, taken at once. */
    String snapshot(String name, String volume) {
        operations.snapshots().create(name, volume, Deadline.in(Duration.ofSeconds(5)));
        return Names.snapshotId(name);
    }

    void evacuate(boolean wanted) {
        evacuate("n1", wanted);
    }

    void evacuate(String node, boolean wanted) {
        registry.setEvacuating(node, wanted);
        if (!wanted) {
            evacuations.end(node);
        }
    }

    Evacuation look() {
        return look("n1");
    }

    Evacuation look(String node) {
        clock.pass(Evacuations.IDLE);
        Evacuation evacuation = evacuations.advance(node);
        settle();
        return evacuation;
    }

    /** Looks until idle volumes are known to be idle, and what may begin has begun. */
    Evacuation begin() {
        look();
        return look();
    }

    void settle() {
        long before;
        do {
            before = registry.changes();
            nodesAct();
            registry.volumes.findAll().forEach(each -> operations.families().advance(each.key()));
            registry.snapshots.findAll().forEach(each -> operations.snapshots().advance(each.key()));
        } while (before != registry.changes());
    }

    void nodesAct() {
        registry.volumes.await("none", seen -> true, Duration.ZERO);
    }

    String home(String id) {
        return spec(id).home();
    }

    VolumeSpec spec(String id) {
        return registry.volumes.find(id).orElseThrow().spec();
    }

    void hydrateAll() {
        registry.volumes.findAll().stream()
                .filter(each -> each.spec().state() == DesiredState.PRESENT
                        && !registry.nodes.away.contains(each.spec().home()))
                .forEach(each -> registry.nodes.hydrate(each.key()));
        settle();
    }

    List<String> homes() {
        return registry.volumes.findAll().stream()
                .map(each -> each.spec().home())
                .sorted()
                .toList();
    }
}
