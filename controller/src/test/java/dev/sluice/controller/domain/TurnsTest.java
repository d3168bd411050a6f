package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.CopyTurn;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.Urgency;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.names.Names;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final FakeRegistry registry = new FakeRegistry();
    private int started;

    @BeforeEach
    void nodes() {
        registry.addNode("n1");
        registry.addNode("n2");
        registry.addNode("n3");
    }

    /** One that was asked for after those before. */
    private String clone(String name, String from, String home, HydrationSettings settings) {
        String id = Names.volumeId(name);
        String snapshot = Names.cloneSnapshotId(id);
        Origin origin = new Origin(OriginKind.VOLUME, Names.volumeId("source"), from, snapshot, 1L << 30);
        registry.volumes.create(
                id,
                new VolumeSpec(
                        name,
                        1L << 30,
                        "fast",
                        VolumeMode.FILESYSTEM,
                        "ext4",
                        Placement.FOLLOW,
                        home,
                        null,
                        1,
                        origin,
                        null,
                        settings,
                        DesiredState.PRESENT));
        registry.exports.create(Names.export(id, 1), new ExportSpec(snapshot, from, home, id, 1, DesiredState.PRESENT));
        String uid = registry.volumes.find(id).orElseThrow().uid();
        registry.hydrations.create(
                "apps/" + name, new CloneHydrationSpec(id, uid, 1, home, false, null, settings.priority()));
        started++;
        phase(name, HydrationPhase.HYDRATING);
        return id;
    }

    private String clone(String name) {
        return clone(name, "n1", "n2", HydrationSettings.DEFAULT);
    }

    private void phase(String name, HydrationPhase phase) {
        String start = "2026-01-01T00:00:%02dZ".formatted(started);
        CloneHydrationStatus before =
                registry.hydrations.find("apps/" + name).orElseThrow().status();
        String since = before == null ? start : Objects.requireNonNull(before.startTime());
        registry.hydrations.report(
                "apps/" + name,
                new CloneHydrationStatus(
                        phase, 1, null, null, 1, 0, 0, 0, 1, null, null, since, null, null, null, null, null, null));
    }

    private void whole(String id) {
        registry.volumes.report(id, new VolumeStatus(1, VolumePhase.READY, null, true, 1L << 30, null, null, null));
    }

    private @Nullable CopyTurn turn(String id) {
        return registry.exports.find(Names.export(id, 1)).orElseThrow().spec().turn();
    }

    private @Nullable Integer before(String id) {
        return Objects.requireNonNull(turn(id)).before();
    }

    private void look(int most) {
        new Turns(registry.asRegistry(), most).look();
    }

    @Test
    void soManyGoAtATimeTheOldestFirst() {
        String a = clone("a");
        String b = clone("b");
        String c = clone("c");
        String d = clone("d");
        look(2);
        assertThat(before(a)).isNull();
        assertThat(before(b)).isNull();
        assertThat(before(c)).isEqualTo(2);
        assertThat(before(d)).isEqualTo(3);

        whole(a);
        look(2);
        assertThat(before(c)).isNull();
        assertThat(before(d)).isEqualTo(2);
    }

    @Test
    void nothingIsWrittenTwice() {
        clone("a");
        clone("b");
        look(1);
        long changes = registry.changes();
        look(1);
        assertThat(registry.changes()).isEqualTo(changes);
    }

    @Test
    void whatAPodUsesGoesFirstAndAPriorityBeforeThat() {
        String a = clone("a");
        String b = clone("b");
        look(1);
        registry.attach(b, "n2", true);
        look(1);
        assertThat(before(a)).isEqualTo(1);
        assertThat(turn(b)).isEqualTo(new CopyTurn(0, Urgency.IN_USE, null));

        String c = clone("c", "n1", "n3", new HydrationSettings(false, null, 5, null));
        look(1);
        assertThat(before(c)).isNull();
        assertThat(before(b)).isEqualTo(1);
        assertThat(before(a)).isEqualTo(2);
    }

    @Test
    void whatLeavesANodeThatIsEmptiedGoesBeforeTheRest() {
        String a = clone("a");
        String b = clone("b", "n3", "n2", HydrationSettings.DEFAULT);
        look(1);
        registry.setEvacuating("n3", true);
        look(1);
        assertThat(turn(b)).isEqualTo(new CopyTurn(0, Urgency.EVACUATION, null));
        assertThat(before(a)).isEqualTo(1);
    }

    @Test
    void oneThatGoesKeepsItsTurnAmongEquals() {
        String a = clone("a", "n1", "n2", new HydrationSettings(true, null, 0, null));
        String b = clone("b");
        look(1);
        assertThat(before(b)).isNull();
        registry.volumes.replace(
                registry.volumes.find(a).orElseThrow(),
                registry.volumes.find(a).orElseThrow().spec().withHydration(HydrationSettings.DEFAULT));
        registry.exports.replace(
                registry.exports.find(Names.export(a, 1)).orElseThrow(),
                registry.exports.find(Names.export(a, 1)).orElseThrow().spec().withTurn(null));
        look(1);
        assertThat(before(b)).isNull();
        assertThat(before(a)).isEqualTo(1);
    }

    @Test
    void whatCannotAdvanceTakesNobodysPlace() {
        clone("lost");
        String paused = clone("paused", "n1", "n2", new HydrationSettings(true, null, 0, null));
        String away = clone("away", "n1", "n3", HydrationSettings.DEFAULT);
        String next = clone("next");
        phase("lost", HydrationPhase.SOURCE_LOST);
        registry.setAlive("n3", false);
        look(1);
        assertThat(before(next)).isNull();
        assertThat(before(paused)).isNull();
        assertThat(before(away)).isNull();
    }

    @Test
    void withoutALimitNothingIsWrittenAndWhoWaitedGoes() {
        String a = clone("a");
        String b = clone("b");
        look(0);
        assertThat(turn(a)).isNull();

        look(1);
        assertThat(before(b)).isEqualTo(1);
        look(0);
        assertThat(before(b)).isNull();
    }

    @Test
    void aNodeThatDividesWhatItGivesIsToldWhoGoesFirst() {
        String a = clone("a", "n1", "n2", new HydrationSettings(false, null, 3, null));
        String b = clone("b", "n3", "n2", HydrationSettings.DEFAULT);
        registry.attach(a, "n2", true);
        registry.limited.add("n1");
        look(0);
        assertThat(turn(a)).isEqualTo(new CopyTurn(3, Urgency.IN_USE, null));
        assertThat(turn(b)).isNull();
    }

    @Test
    void farBackInALongQueueNotEveryStepIsWritten() {
        String first = clone("c0");
        String last = first;
        for (int index = 1; index < 40; index++) {
            last = clone("c" + index);
        }
        look(1);
        assertThat(before(last)).isEqualTo(39);
        whole(first);
        long changes = registry.changes();
        look(1);
        assertThat(registry.changes() - changes).isLessThan(14);
        assertThat(before(last)).isEqualTo(39);
    }
}
