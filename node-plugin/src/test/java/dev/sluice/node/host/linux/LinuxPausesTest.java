package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Pauses;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LinuxPausesTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final List<String> STACK = List.of("sluice-a", "sluice-a-clone");

    private final List<String> calls = new CopyOnWriteArrayList<>();

    private final LinuxPauses pauses = new LinuxPauses(
            name -> calls.add("suspend " + name),
            name -> calls.add("hold " + name),
            name -> calls.add("resume " + name),
            List::of);

    @Test
    void theUpperIsSuspendedFirstAndResumedLast() {
        try (Pauses.Pause pause = pauses.suspend(STACK, LONG)) {
            assertThat(calls).containsExactly("suspend sluice-a", "suspend sluice-a-clone");
            assertThat(pause.end()).isTrue();
            assertThat(pause.end()).isTrue();
        }

        assertThat(calls.subList(2, calls.size())).containsExactly("resume sluice-a-clone", "resume sluice-a");
    }

    @Test
    void theDeadlineResumesWhateverTheHolderDoes() {
        Pauses.Pause pause = pauses.suspend(STACK, Duration.ofMillis(50));

        Awaitility.await().until(() -> calls.size() == 4);

        assertThat(calls.subList(2, 4)).containsExactly("resume sluice-a-clone", "resume sluice-a");
        assertThat(pause.end()).isFalse();
        assertThat(calls).hasSize(4);
    }

    @Test
    void oneThatIsOnlyHeldIsNotFrozenAndHasTheSameDeadline() {
        try (Pauses.Pause pause = pauses.hold("sluice-a", LONG)) {
            assertThat(pause.end()).isTrue();
        }
        Pauses.Pause late = pauses.hold("sluice-b", Duration.ofMillis(50));

        Awaitility.await().until(() -> calls.size() == 4);

        assertThat(calls).containsExactly("hold sluice-a", "resume sluice-a", "hold sluice-b", "resume sluice-b");
        assertThat(late.end()).isFalse();
    }

    @Test
    void whatIsDoneDuringAPauseEndsBeforeItDoesWhateverTheDeadline() throws InterruptedException {
        Pauses.Pause pause = pauses.hold("sluice-a", Duration.ofMillis(50));
        CountDownLatch released = new CountDownLatch(1);
        Thread end = new Thread(() -> {
            pause.end();
            released.countDown();
        });

        boolean done = pause.during(() -> {
            calls.add("begun");
            Awaitility.await()
                    .pollDelay(Duration.ofMillis(150))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> true);
            calls.add("done");
        });
        end.start();
        released.await();
        Awaitility.await().until(() -> calls.contains("resume sluice-a"));

        assertThat(done).isTrue();
        assertThat(calls).containsExactly("hold sluice-a", "begun", "done", "resume sluice-a");
        assertThat(pause.during(() -> calls.add("too late"))).isFalse();
        assertThat(calls).doesNotContain("too late");
    }

    /** The kernel keeps a suspension for as long as something is in flight below, whatever the deadline says. */
    @Test
    void noOtherPauseBeginsWhileTheKernelKeepsASuspension() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch flown = new CountDownLatch(1);
        LinuxPauses kept = new LinuxPauses(
                name -> calls.add("suspend " + name),
                name -> {
                    begun.countDown();
                    await(flown);
                },
                name -> calls.add("resume " + name),
                List::of);
        Thread holder = Thread.ofVirtual()
                .start(() -> assertThatThrownBy(() -> kept.hold("sluice-a", Duration.ofMillis(20)))
                        .isInstanceOf(SluiceException.class));
        await(begun);
        Awaitility.await().until(() -> calls.contains("resume sluice-a"));

        assertThatThrownBy(() -> kept.suspend(STACK, LONG))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
        flown.countDown();
        holder.join();

        assertThat(calls).containsExactly("resume sluice-a", "resume sluice-a");
        try (Pauses.Pause pause = kept.suspend(STACK, LONG)) {
            assertThat(pause.end()).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theEndOfTheProcessResumesAndLetsNoOtherPauseBegin() {
        Pauses.Pause pause = pauses.suspend(STACK, LONG);

        pauses.endAll();

        assertThat(calls.subList(2, calls.size())).containsExactly("resume sluice-a-clone", "resume sluice-a");
        assertThat(pause.end()).isFalse();
        assertThatThrownBy(() -> pauses.suspend(STACK, LONG))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
        assertThat(calls.getLast()).isEqualTo("resume sluice-a");
    }

    @Test
    void aFileSystemThatIsFrozenAlreadyIsNotFrozenAgain() {
        List<Integer> attempts = new ArrayList<>();

        LinuxPauses.suspend(flags -> {
            attempts.add(flags);
            if (flags == DmRequest.SUSPEND) {
                throw new SluiceException(ErrorKind.IN_USE, "device or resource busy");
            }
        });

        assertThat(attempts).containsExactly(DmRequest.SUSPEND, DmRequest.SUSPEND | DmRequest.SKIP_LOCKFS);
        assertThatThrownBy(() -> LinuxPauses.suspend(flags -> {
                    throw new SluiceException(ErrorKind.HOST, "no such device");
                }))
                .hasMessage("no such device");
    }

    @Test
    void allAreResumedWhenOneCannotBeSuspended() {
        LinuxPauses failing = new LinuxPauses(
                name -> {
                    if (name.endsWith("-clone")) {
                        throw new SluiceException(ErrorKind.HOST, "no " + name);
                    }
                },
                name -> {},
                name -> calls.add("resume " + name),
                List::of);

        assertThatThrownBy(() -> failing.suspend(STACK, LONG)).hasMessage("no sluice-a-clone");

        assertThat(calls).containsExactly("resume sluice-a-clone", "resume sluice-a");
    }

    @Test
    void theSweepTriesAllAndBeginsWithTheLowest() {
        LinuxPauses sweeping = new LinuxPauses(
                name -> {},
                name -> {},
                name -> {
                    calls.add("resume " + name);
                    if (name.equals("sluice-a")) {
                        throw new SluiceException(ErrorKind.HOST, "no " + name);
                    }
                },
                () -> List.of("sluice-a-luks", "sluice-a", "sluice-b-luks", "sluice-a-clone"));

        assertThatThrownBy(sweeping::sweep).hasMessage("no sluice-a");

        assertThat(calls)
                .containsExactly(
                        "resume sluice-a-clone", "resume sluice-a", "resume sluice-a-luks", "resume sluice-b-luks");
    }

    @Test
    void whatIsSuspendedIsKnownByItsFlagsAndUuid() {
        int live = DmRequest.SUSPEND | DmRequest.ACTIVE_PRESENT;

        assertThat(SuspendedDevices.isSuspended(reply("SLUICE-a", live))).isTrue();
        assertThat(SuspendedDevices.isSuspended(reply("CRYPT-LUKS2-0-sluice-a-luks", live)))
                .isTrue();
        assertThat(SuspendedDevices.isSuspended(reply("SLUICE-a", DmRequest.ACTIVE_PRESENT)))
                .isFalse();
        assertThat(SuspendedDevices.isSuspended(reply("SLUICE-a", DmRequest.SUSPEND)))
                .isFalse();
        assertThat(SuspendedDevices.isSuspended(reply("mpath-a", live))).isFalse();
    }

    private static DmReply reply(String uuid, int flags) {
        byte[] bytes = new byte[512];
        DmRequest.over(bytes).putInt(28, flags).put(DmRequest.UUID_OFFSET, uuid.getBytes(StandardCharsets.US_ASCII));
        return new DmReply(bytes);
    }
}
