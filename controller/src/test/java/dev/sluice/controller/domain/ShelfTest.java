package dev.sluice.controller.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.names.Names;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShelfTest {
    private static final String ID = Names.volumeId("v");

    private final FakeRegistry cluster = new FakeRegistry();

    @Test
    void aStatusThatIsWrittenMeanwhileDoesNotStopAChange() {
        cluster.volumes.create(ID, volume());
        AtomicInteger attempts = new AtomicInteger();

        cluster.volumes.change(ID, spec -> {
            if (attempts.incrementAndGet() == 1) {
                cluster.nodes.hydrate(ID);
            }
            return spec.withSize(2L << 30);
        });

        Stored<VolumeSpec, ?> changed = cluster.volumes.find(ID).orElseThrow();
        assertThat(changed.spec().sizeBytes()).isEqualTo(2L << 30);
        assertThat(changed.status()).isNotNull();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void whatIsGoneIsNotChanged() {
        cluster.volumes.change(ID, spec -> spec.withSize(1));

        assertThat(cluster.volumes.find(ID)).isEmpty();
    }

    private static VolumeSpec volume() {
        return new VolumeSpec(
                "v",
                1L << 30,
                "fast",
                VolumeMode.BLOCK,
                null,
                Placement.PINNED,
                "n1",
                null,
                1,
                null,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
    }
}
