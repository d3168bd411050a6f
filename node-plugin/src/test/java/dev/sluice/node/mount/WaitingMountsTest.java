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

/** Mounts and unmounts that the kernel keeps waiting. */
class WaitingMountsTest {
    private static final Duration PATIENCE = Duration.ofMillis(50);
    private static final String VOLUME = "v-1";
    private static final Path STAGING = Path.of("/staging");

    private final CountDownLatch written = new CountDownLatch(1);
    private final AtomicInteger unmounts = new AtomicInteger();
    private final AtomicInteger mountings = new AtomicInteger();
    private final List<String> told = new ArrayList<>();
    private boolean away;
    private boolean helps = true;

    private final CountDownLatch read = new CountDownLatch(1);

    private final WaitingMounts mounts = new WaitingMounts(
            new Waiting(),
            new WaitingMounts.Origins(
                    (id, action) -> end("give up " + id, written, action),
                    (id, action) -> end("let go " + id, read, action)),
            PATIENCE);

    private boolean end(String how, CountDownLatch what, Runnable action) {
        told.add(how);
        if (!away) {
            return false;
        }
        if (helps) {
            what.countDown();
        }
        action.run();
        told.add("over");
        return true;
    }

    private void mount() {
        mounts.make(VOLUME, STAGING, PATIENCE, () -> {
            mountings.incrementAndGet();
            await(read);
            if (away) {
                throw new SluiceException(ErrorKind.HOST, "mount /staging: cannot read superblock");
            }
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void oneThatEndsInTimeLosesNothing() {
        written.countDown();

        mounts.remove(VOLUME, STAGING);

        assertThat(told).isEmpty();
    }

    @Test
    void whatWaitsForAnOriginThatIsAwayIsGivenUpAndTheNextWaitsAgain() {
        away = true;

        mounts.remove(VOLUME, STAGING);

        assertThat(told).containsExactly("give up v-1", "over");
    }

    @Test
    void oneThatIsOnlySlowGoesOnAndTheNextCallWaitsForTheSame() {
        assertThatThrownBy(() -> mounts.remove(VOLUME, STAGING))
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("/staging of volume v-1");
        assertThat(told).containsExactly("give up v-1");

        written.countDown();
        mounts.remove(VOLUME, STAGING);

        assertThat(unmounts).hasValue(1);
    }

    @Test
    void writesThatDoNotEndEvenSoAreTold() {
        away = true;
        helps = false;

        assertThatThrownBy(() -> mounts.remove(VOLUME, STAGING))
                .hasMessageStartingWith("unmounting /staging of volume v-1, which writes what is in memory, takes")
                .hasMessageEndingWith("though its origin is away");

        assertThat(told).containsExactly("give up v-1", "over");
        written.countDown();
    }

    @Test
    void aMountThatWaitsIsGoneOnWithByTheNextCall() {
        assertThatThrownBy(this::mount)
                .isInstanceOfSatisfying(
                        SluiceException.class,
                        thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("volume v-1");

        read.countDown();
        mount();

        assertThat(mountings).hasValue(1);
        assertThat(told).isEmpty();
        mount();
        assertThat(mountings).as("what has ended begins anew").hasValue(2);
    }

    @Test
    void aMountThatWaitsForAnOriginThatIsAwayEndsBeforeTheUnmount() {
        away = true;
        written.countDown();
        assertThatThrownBy(this::mount).hasMessageContaining("takes longer");

        mounts.remove(VOLUME, STAGING);

        assertThat(told).containsExactly("let go v-1", "over");
        assertThat(unmounts).hasValue(1);
    }

    @Test
    void aMountThatIsOnlySlowIsNotTakenForNone() {
        written.countDown();
        assertThatThrownBy(this::mount).hasMessageContaining("takes longer");

        assertThatThrownBy(() -> mounts.remove(VOLUME, STAGING))
                .hasMessageContaining("a mount of volume v-1 on /staging");

        assertThat(unmounts).hasValue(0);
        read.countDown();
        mounts.remove(VOLUME, STAGING);
        assertThat(unmounts).hasValue(1);
    }

    @Test
    void aFailureIsTheCallers() {
        Path busy = Path.of("/busy");

        assertThatThrownBy(() -> mounts.remove(VOLUME, busy)).hasMessage("unmount /busy: in use");
        assertThatThrownBy(() -> mounts.remove(VOLUME, busy)).hasMessage("unmount /busy: in use");

        assertThat(unmounts).as("each call tries").hasValue(2);
    }

    private final class Waiting implements Mounts {
        @Override
        public void remove(Path path) {
            unmounts.incrementAndGet();
            if (path.endsWith("busy")) {
                throw new SluiceException(ErrorKind.IN_USE, "unmount " + path + ": in use");
            }
            await(written);
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
