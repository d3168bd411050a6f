package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Pauses;
import dev.sluice.node.host.TableLine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LinuxPausesTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final List<String> STACK = List.of("sluice-a", "sluice-a-clone");

    private final List<String> calls = new CopyOnWriteArrayList<>();

    private final LinuxPauses pauses =
            new LinuxPauses(name -> calls.add("suspend " + name), name -> calls.add("resume " + name), List::of);

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
    void allAreResumedWhenOneCannotBeSuspended() {
        LinuxPauses failing = new LinuxPauses(
                name -> {
                    if (name.endsWith("-clone")) {
                        throw new SluiceException(ErrorKind.HOST, "no " + name);
                    }
                },
                name -> calls.add("resume " + name),
                List::of);

        assertThatThrownBy(() -> failing.suspend(STACK, LONG)).hasMessage("no sluice-a-clone");

        assertThat(calls).containsExactly("resume sluice-a-clone", "resume sluice-a");
    }

    @Test
    void theSweepResumesEnginesFirstAndLeavesWhatNeverHadATable() {
        List<TableLine> table = List.of(new TableLine(0, 8, "linear", "253:0 0"));
        LinuxPauses sweeping = new LinuxPauses(
                name -> {},
                name -> calls.add("resume " + name),
                () -> List.of(
                        device("sluice-a", table, true),
                        device("sluice-b", table, false),
                        device("sluice-c", List.of(), true),
                        device("sluice-a-clone", table, true)));

        assertThat(sweeping.sweep()).containsExactly("sluice-a-clone", "sluice-a");

        assertThat(calls).containsExactly("resume sluice-a-clone", "resume sluice-a");
    }

    private static MappedDevice device(String name, List<TableLine> table, boolean suspended) {
        return new MappedDevice(name, "SLUICE-x", new BlockDevice("/dev/dm-1", 253, 1), table, false, suspended, 0);
    }
}
