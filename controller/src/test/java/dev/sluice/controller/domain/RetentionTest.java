package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.names.Names;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A copy that a volume left is kept for a while after the volume is hydrated; its Export says until when. */
class RetentionTest {
    private static final String VOLUME = Names.volumeId("data");
    private static final String FIRST = Names.export(VOLUME, 2);
    private static final String SECOND = Names.export(VOLUME, 3);

    private final FakeRegistry registry = new FakeRegistry();
    private final Ticking clock = new Ticking();
    private Operations operations = TestOperations.over(registry.asRegistry(), clock);

    private static final class Ticking extends Clock {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @BeforeEach
    void create() {
        Stream.of("n1", "n2", "n3").forEach(registry::addNode);
        operations.creation().create(request("data", SizeRange.ANY, "n1"), Deadline.in(Duration.ofSeconds(5)));
        move("n2");
    }

    private static VolumeRequest request(String name, SizeRange size, String node) {
        return new VolumeRequest(
                name,
                size,
                VolumeMode.FILESYSTEM,
                null,
                null,
                null,
                HydrationSettings.DEFAULT.retaining(600),
                null,
                null,
                new Topology(List.of(Map.of(Names.TOPOLOGY_NODE, node)), List.of()),
                Placement.FOLLOW,
                null);
    }

    private void move(String node) {
        registry.attach(VOLUME, volume().spec().home(), false);
        registry.attach(VOLUME, node, true);
        settle();
        assertThat(volume().spec().home()).isEqualTo(node);
    }

    private void hydrate() {
        registry.nodes.hydrate(VOLUME);
        settle();
    }

    private void settle() {
        long before;
        do {
            before = registry.changes();
            registry.volumes.await("none", seen -> true, Duration.ZERO);
            registry.volumes.findAll().forEach(each -> operations.families().advance(each.key()));
        } while (before != registry.changes());
    }

    private Stored<VolumeSpec, VolumeStatus> volume() {
        return registry.volumes.find(VOLUME).orElseThrow();
    }

    private @Nullable String until(String export) {
        return registry.exports.find(export).orElseThrow().spec().retainUntil();
    }

    @Test
    void itIsKeptForItsTimeAcrossRestartsOfTheController() {
        assertThat(until(FIRST)).as("it is needed").isNull();
        hydrate();
        assertThat(until(FIRST)).isEqualTo("2026-01-01T00:10:00Z");

        clock.now = clock.now.plusSeconds(599);
        operations = TestOperations.over(registry.asRegistry(), clock);
        settle();
        assertThat(until(FIRST)).isEqualTo("2026-01-01T00:10:00Z");
        assertThat(registry.nodes.isOnlyOn(VOLUME, "n2")).isFalse();

        clock.now = clock.now.plusSeconds(1);
        settle();
        assertThat(registry.nodes.isOnlyOn(VOLUME, "n2")).isTrue();
        assertThat(registry.exports.findAll()).isEmpty();
    }

    /** Only there is something to compare with. */
    @Test
    void hashesAreAskedForWhereTheVolumeHasBeen() {
        hydrate();
        assertThat(registry.exports.find(FIRST).orElseThrow().spec().digests()).isNull();
        move("n1");
        assertThat(registry.exports.find(SECOND).orElseThrow().spec().digests()).isTrue();
        hydrate();
        move("n3");
        assertThat(registry.exports
                        .find(Names.export(VOLUME, 4))
                        .orElseThrow()
                        .spec()
                        .digests())
                .isNull();
    }

    @Test
    void itGoesWithTheVolume() {
        hydrate();
        registry.attach(VOLUME, "n2", false);
        operations.removal().delete(VOLUME, Deadline.in(Duration.ofSeconds(5)));
        settle();
        assertThat(registry.volumes.findAll()).isEmpty();
        assertThat(registry.exports.findAll()).isEmpty();
    }

    @Test
    void whatCannotBeReadByItselfIsNotKept() {
        move("n3");
        hydrate();
        assertThat(registry.exports.find(SECOND))
                .as("n2 was left before it was hydrated")
                .isEmpty();
        assertThat(until(FIRST)).as("n1 was whole").isNotNull();
    }

    @Test
    void aVolumeMovesOnOverWhatIsKeptAndThatEndsAllTheSame() {
        hydrate();
        move("n1");
        assertThat(until(FIRST)).isNotNull();
        assertThat(until(SECOND)).isNull();

        clock.now = clock.now.plusSeconds(600);
        settle();
        assertThat(registry.exports.find(FIRST)).as("nobody reads it").isEmpty();
        assertThat(registry.exports.find(SECOND).orElseThrow().spec().state()).isEqualTo(DesiredState.PRESENT);
        hydrate();
        assertThat(until(SECOND)).isEqualTo("2026-01-01T00:20:00Z");
    }

    @Test
    void whatIsKeptIsNoLinkOfAChain() {
        for (String node : List.of("n1", "n2", "n1", "n2", "n1", "n2")) {
            hydrate();
            move(node);
        }
        assertThat(registry.exports.findAll()).hasSize(7);
    }

    @Test
    void itGoesAtOnceWhereRoomIsNeeded() {
        hydrate();
        long tooMuch = FakeRegistry.POOL_BYTES * 2;
        assertThatThrownBy(() -> operations
                        .creation()
                        .create(request("large", new SizeRange(tooMuch, 0), "n3"), Deadline.in(Duration.ofSeconds(5))))
                .hasMessageContaining("no node can take");
        settle();
        assertThat(registry.exports.find(FIRST)).as("another node").isPresent();

        assertThatThrownBy(() -> operations
                        .creation()
                        .create(request("large", new SizeRange(tooMuch, 0), "n1"), Deadline.in(Duration.ofSeconds(5))))
                .hasMessageContaining("no node can take");
        settle();
        assertThat(registry.exports.findAll()).isEmpty();
        assertThat(registry.nodes.isOnlyOn(VOLUME, "n2")).isTrue();
    }
}
