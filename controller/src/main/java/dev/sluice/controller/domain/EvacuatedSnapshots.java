package dev.sluice.controller.domain;

import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotMove.Left;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which snapshots of a node begin to move now and where to, and what else is left there of snapshots. Pure; SnapshotMoves does the moves. */
final class EvacuatedSnapshots {
    private final EvacuationView view;
    private final Reservations reserved;
    private final List<Step.SetSnapshotTarget> moves = new ArrayList<>();
    private final List<Leftover> left = new ArrayList<>();
    private int slots;

    /** @param reserved all that is on its way, what this promises is added */
    EvacuatedSnapshots(EvacuationView view, Reservations reserved) {
        this.view = view;
        this.reserved = reserved;
        view.snapshots().stream()
                .filter(each -> each.spec().target() != null && copy(each).isEmpty())
                .forEach(
                        each -> reserve(each, Objects.requireNonNull(each.spec().target())));
    }

    record Result(List<Step.SetSnapshotTarget> moves, List<Leftover> left, long bytesPerSecond) {}

    /** Those that are on their way from the node. */
    int moving() {
        return Math.toIntExact(view.snapshots().stream()
                .filter(each -> isHere(each) && each.spec().target() != null)
                .count());
    }

    /** @param free how many more may be on their way */
    Result plan(int free) {
        slots = free;
        view.snapshots().forEach(this::place);
        view.volumes().stream().filter(this::isCancelled).forEach(this::letGo);
        long rate = view.snapshots().stream()
                .filter(this::isHere)
                .flatMap(each -> copy(each).flatMap(view::hydration).stream())
                .mapToLong(status -> Objects.requireNonNullElse(status.bytesPerSecond(), 0L))
                .sum();
        return new Result(List.copyOf(moves), List.copyOf(left), rate);
    }

    private void place(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotStatus status = snapshot.status();
        boolean removed = status != null && status.phase() == ServedPhase.REMOVED;
        if (isHere(snapshot) && !removed) {
            left.add(ofHome(snapshot));
        } else if (isLeftHere(snapshot)) {
            left.add(new Leftover(Leftover.Kind.LEAVING, "what is left here of " + text(snapshot), 0));
        }
    }

    private Leftover ofHome(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        SnapshotSpec spec = snapshot.spec();
        SnapshotStatus status = snapshot.status();
        String text = text(snapshot);
        if (spec.state() == DesiredState.ABSENT) {
            return new Leftover(Leftover.Kind.LEAVING, text, 0);
        }
        if (spec.internal()) {
            String clone = Objects.requireNonNullElse(spec.forVolume(), "a clone");
            return new Leftover(
                    Leftover.Kind.FED,
                    text + ", for " + view.find(clone).map(EvacuationView::name).orElse(clone),
                    0);
        }
        if (spec.target() != null) {
            return moving(snapshot, spec.target());
        }
        if (status != null && status.phase() == ServedPhase.FAILED) {
            return new Leftover(Leftover.Kind.BROKEN, text + " (" + status.message() + ")", 0);
        }
        if (!SnapshotMoves.isWhole(snapshot) || !spec.settled()) {
            return new Leftover(Leftover.Kind.INCOMPLETE, text, bytes(snapshot));
        }
        return view.node().alive() && slots > 0
                ? begin(snapshot)
                : new Leftover(Leftover.Kind.QUEUED, text, bytes(snapshot));
    }

    private Leftover moving(Stored<SnapshotSpec, SnapshotStatus> snapshot, String target) {
        Optional<CloneHydrationStatus> hydration = copy(snapshot).flatMap(view::hydration);
        long missing = hydration.map(CloneHydrationStatus::remainingBytes).orElseGet(() -> bytes(snapshot));
        String why = hydration
                .map(CloneHydrationStatus::reason)
                .map(reason -> reason + ", ")
                .orElse("");
        return new Leftover(
                Leftover.Kind.MOVING,
                text(snapshot) + " (to node " + target + ", " + why + missing + " bytes remain)",
                missing);
    }

    private Leftover begin(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        Reservations.Choice choice = reserved.choose(
                view.nodes(), view.node().name(), snapshot.spec().pool(), node -> refusal(snapshot, node));
        if (choice.node() == null) {
            return new Leftover(Leftover.Kind.FULL, text(snapshot) + " (" + choice.why() + ")", bytes(snapshot));
        }
        moves.add(new Step.SetSnapshotTarget(snapshot, choice.node()));
        slots--;
        reserve(snapshot, choice.node());
        return moving(snapshot, choice.node());
    }

    private Optional<String> refusal(Stored<SnapshotSpec, SnapshotStatus> snapshot, NodeView node) {
        if (view.find(Names.snapshotCopy(snapshot.key(), node.name())).isPresent()) {
            return Optional.of("node " + node.name() + " still has to remove an earlier copy");
        }
        VolumeSpec copy = SnapshotCopies.specify(snapshot, node.name(), "");
        long needed = copy.deviceBytes(copy.sizeBytes());
        return NodeFitness.unfitness(node, copy)
                .map(AttachmentStatus::message)
                .or(() -> reserved.full(node, copy.pool(), needed, needed));
    }

    private void reserve(Stored<SnapshotSpec, SnapshotStatus> snapshot, String node) {
        reserved.add(node, snapshot.spec().pool(), bytes(snapshot));
    }

    /** A copy that is wanted no more; one whose node is away needs nothing of this one either, and is removed when that is back. */
    private boolean isCancelled(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeStatus status = volume.status();
        boolean removed = status != null && status.phase() == VolumePhase.REMOVED;
        return volume.spec().isSnapshotCopy(volume.key())
                && volume.spec().state() == DesiredState.ABSENT
                && !removed
                && view.feeds(volume)
                && isAlive(volume.spec().home());
    }

    private void letGo(Stored<VolumeSpec, VolumeStatus> copy) {
        left.add(new Leftover(Leftover.Kind.LEAVING, "a copy of " + source(copy), 0));
    }

    private static String source(Stored<VolumeSpec, VolumeStatus> copy) {
        return Objects.requireNonNull(copy.spec().origin(), "a copy has an origin")
                .name();
    }

    /** What is left behind here; unless it only waits for a node that is away to let go of a copy that is wanted no more. */
    private boolean isLeftHere(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        Left behind =
                snapshot.spec().move() == null ? null : snapshot.spec().move().left();
        boolean here = behind != null && behind.node().equals(view.node().name());
        return here
                && view.volumes().stream()
                        .noneMatch(each -> each.spec().isSnapshotCopy(each.key())
                                && source(each).equals(snapshot.key())
                                && each.spec().state() == DesiredState.ABSENT
                                && !isAlive(each.spec().home()));
    }

    private boolean isAlive(String node) {
        return view.nodes().stream().anyMatch(each -> each.name().equals(node) && each.alive());
    }

    private boolean isHere(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        return snapshot.spec().node().equals(view.node().name());
    }

    private Optional<Stored<VolumeSpec, VolumeStatus>> copy(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        String target = snapshot.spec().target();
        return target == null ? Optional.empty() : view.find(Names.snapshotCopy(snapshot.key(), target));
    }

    private static long bytes(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        @Nullable SnapshotStatus status = snapshot.status();
        return status == null ? 0 : Objects.requireNonNullElse(status.sizeBytes(), 0L);
    }

    private String text(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        String source = snapshot.spec().sourceVolume();
        return snapshot.key() + " of "
                + view.find(source).map(EvacuationView::name).orElse(source);
    }
}
