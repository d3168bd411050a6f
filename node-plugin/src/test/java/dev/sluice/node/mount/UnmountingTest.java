package dev.sluice.node.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.host.Mounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Unmounts that the kernel keeps waiting. */
class UnmountingTest {
    private static final Duration PATIENCE = Duration.ofMillis(50);
    private static final String VOLUME = "v-1";
    private static final Path STAGING = Path.of("/staging");

    private final CountDownLatch written = new CountDownLatch(1);
    private final AtomicInteger unmounts = new AtomicInteger();
    private final List<String> told = new ArrayList<>();
    private boolean away;
    private boolean helps = true;

    private final Unmounting unmounting =
            new Unmounting(new Waiting(), this::giveUp, id -> told.add("settle " + id), PATIENCE);

    private boolean giveUp(String id) {
        told.add("give up " + id);
        if (away && helps) {
            written.countDown();
        }
        return away;
    }

    @Test
    void oneThatEndsInTimeLosesNothing() {
        written.countDown();

        unmounting.remove(VOLUME, STAGING);

        assertThat(told).isEmpty();
    }

    @Test
    void whatWaitsForAnOriginThatIsAwayIsGivenUpAndTheNextWaitsAgain() {
        away = true;

        unmounting.remove(VOLUME, STAGING);

        assertThat(told).containsExactly("give up v-1", "settle v-1");
    }

    @Test
    void oneThatIsOnlySlowGoesOnAndTheNextCallWaitsForTheSame() {
        assertThatThrownBy(() -> unmounting.remove(VOLUME, STAGING))
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("/staging of volume v-1");
        assertThat(told).containsExactly("give up v-1");

        written.countDown();
        unmounting.remove(VOLUME, STAGING);

        assertThat(unmounts).hasValue(1);
    }

    @Test
    void writesThatDoNotEndEvenSoAreTold() {
        away = true;
        helps = false;

        assertThatThrownBy(() -> unmounting.remove(VOLUME, STAGING)).hasMessageContaining("though its origin is away");

        assertThat(told).containsExactly("give up v-1", "settle v-1");
        written.countDown();
    }

    @Test
    void aFailureIsTheCallers() {
        Path busy = Path.of("/busy");

        assertThatThrownBy(() -> unmounting.remove(VOLUME, busy)).hasMessage("unmount /busy: in use");
        assertThatThrownBy(() -> unmounting.remove(VOLUME, busy)).hasMessage("unmount /busy: in use");

        assertThat(unmounts).as("each call tries").hasValue(2);
    }

    private final class Waiting implements Mounts {
        @Override
        public void remove(Path path) {
            unmounts.incrementAndGet();
            if (path.endsWith("busy")) {
                throw new SluiceException(ErrorKind.IN_USE, "unmount " + path + ": in use");
            }
            try {
                written.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public List<MountPoint> list() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ensure(BlockDevice device, Path path, String fsType, List<String> options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ensureBind(Path source, Path target, boolean readOnly) {
            throw new UnsupportedOperationException();
        }
    }
}
