package dev.sluice.node.stack;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotGroup;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.HoldTables;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import dev.sluice.node.host.fake.IoError;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two volumes on one node and a pod that writes the same number to one and then to the other, on and on; a group snapshot of both. */
final class GroupStory {
    static final String GROUP = Names.groupSnapshotId("group");
    static final String FIRST = Names.volumeId("first");
    static final String SECOND = Names.volumeId("second");

    private static final long SIZE = 8L << 20;
    private static final long BLOCK = 7;

    final FakeHost machine =
            new FakeHost("n1", "10.0.0.1", new FakeNetwork(), new PoolSettings("fast", "data", "sluice"));
    private final PoolDirectory pools = new PoolDirectory(List.of(new PoolSettings("fast", "data", "sluice")));
    private final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    final VolumeStacks stacks = new VolumeStacks(machine.host(), pools);
    final WriteHolds holds = new WriteHolds(machine.host(), machine::nanoTime);
    final GroupSnapshots groups = new GroupSnapshots(machine.host(), pools, stacks, holds, clock);
    final SnapshotGroup group = new SnapshotGroup(GROUP, List.of(member(FIRST), member(SECOND)));
    private long number = 1;
    private boolean firstHasIt;

    void begin() {
        bring();
        machine.host().mounts().ensure(stacks.device(FIRST), Path.of("/first"), "ext4", List.of());
        write();
        machine.faults().clear();
        machine.faults().meanwhile(this::write);
    }

    /** What a start of the plugin does. */
    void bring() {
        holds.sweep();
        for (String id : List.of(FIRST, SECOND)) {
            stacks.bring(new VolumeOrder(id, spec(), null, null));
        }
    }

    Map<String, SnapshotFacts> take() {
        return groups.take(group, "fast");
    }

    /** As far as the pod comes: a write that waits is waited for, and nothing is written before it. */
    boolean write() {
        try {
            if (!firstHasIt) {
                acknowledged(FIRST);
                firstHasIt = true;
            }
            acknowledged(SECOND);
            firstHasIt = false;
            number++;
            return true;
        } catch (IoError waits) {
            return false;
        } catch (SluiceException gone) {
            // After a power cut there is no device, and no pod.
            return false;
        }
    }

    private void acknowledged(String volume) {
        machine.write(stacks.device(volume), BLOCK, number);
        machine.fsync(stacks.device(volume));
    }

    /** The snapshots are of one instant: the second has the first's number, or the one before. */
    void verify() {
        long first = read(FIRST);
        long second = read(SECOND);
        if (first - second != 0 && first - second != 1) {
            throw new AssertionError("the group shows " + first + " and " + second + ": no instant had both");
        }
    }

    private long read(String volume) {
        String id = Names.groupMemberId(GROUP, volume);
        return machine.read(
                machine.host()
                        .logicalVolumes()
                        .ensure(new LogicalVolumeRequest.ThinSnapshot("data", volume, id, Set.of()))
                        .device()
                        .orElseThrow(),
                BLOCK);
    }

    boolean isHeld() {
        return machine.host().deviceMapper().list().stream().anyMatch(device -> HoldTables.isHeld(device.table()));
    }

    List<String> snapshots() {
        return machine.leftovers().stream()
                .filter(left -> left.startsWith("lv s-"))
                .toList();
    }

    private static SnapshotGroup.Member member(String volume) {
        return new SnapshotGroup.Member(Names.groupMemberId(GROUP, volume), volume);
    }

    static VolumeSpec spec() {
        return new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
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
