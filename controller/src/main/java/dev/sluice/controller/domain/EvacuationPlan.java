package dev.sluice.controller.domain;

import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which idle volumes of a node begin to move now and where to, and what else is left there. Pure; only begins moves, MovePlan does them. */
final class EvacuationPlan {
    private final EvacuationView view;
    private final int movesAtOnce;
    private final SetLimits sets;
    private final Reservations reserved = new Reservations();
    private final List<Step.SetTarget> moves = new ArrayList<>();
    private final List<Leftover> left = new ArrayList<>();
    private int moving;

    private EvacuationPlan(EvacuationView view, int movesAtOnce, int membersAtOnce) {
        this.view = view;
        this.movesAtOnce = movesAtOnce;
        this.sets = new SetLimits(view, membersAtOnce);
    }

    /**
     * What to begin, and what there is to wait for.
     *
     * @param bytesPerSecond at which what is on its way arrives now, all together
     */
    record Result(
            List<Step.SetTarget> moves,
            List<Step.SetSnapshotTarget> snapshots,
            List<Leftover> left,
            long bytesPerSecond) {}

    /**
     * @param movesAtOnce volumes and snapshots that may be on their way from the node
     * @param membersAtOnce members of one StatefulSet that may be unhydrated
     */
    static Result of(EvacuationView view, int movesAtOnce, int membersAtOnce) {
        return new EvacuationPlan(view, movesAtOnce, membersAtOnce).plan();
    }

    private Result plan() {
        long rate = 0;
        for (Stored<VolumeSpec, VolumeStatus> volume : view.volumes()) {
            reserve(volume);
            if (isOnItsWay(volume)) {
                moving++;
            }
            if (!view.isHere(volume) && view.feeds(volume) && !isCopy(volume)) {
                left.add(new Leftover(Leftover.Kind.FED, told(volume), view.missing(volume)));
                rate += view.hydration(volume)
                        .map(CloneHydrationStatus::bytesPerSecond)
                        .orElse(0L);
            }
        }
        EvacuatedSnapshots snapshots = new EvacuatedSnapshots(view, reserved);
        moving += snapshots.moving();
        // The largest first, while the room for them is still in one piece.
        view.volumes().stream()
                .sorted(Comparator.comparing((Stored<VolumeSpec, VolumeStatus> volume) ->
                                -volume.spec().sizeBytes())
                        .thenComparing(Stored::key))
                .forEach(this::place);
        EvacuatedSnapshots.Result kept = snapshots.plan(movesAtOnce - moving);
        left.addAll(kept.left());
        view.exports().stream()
                .filter(view::feedsAnother)
                .forEach(each ->
                        left.add(new Leftover(Leftover.Kind.FED, each.spec().volume(), 0)));
        view.exports().stream()
                .filter(each -> view.isLettingGo(each) && !isFed(each) && !isOfSnapshot(each))
                .forEach(each -> left.add(new Leftover(
                        Leftover.Kind.LEAVING, "what fed " + each.spec().volume(), 0)));
        held().forEach(this::keep);
        return new Result(List.copyOf(moves), kept.moves(), List.copyOf(left), rate + kept.bytesPerSecond());
    }

    /** Of a snapshot, which is told of itself. */
    private static boolean isCopy(Stored<VolumeSpec, VolumeStatus> volume) {
        return volume.spec().isSnapshotCopy(volume.key());
    }

    /** It is told of then already. */
    private boolean isFed(Stored<ExportSpec, ExportStatus> export) {
        return view.feedsAnother(export)
                || view.find(export.spec().volume())
                        .filter(each -> view.isHere(each) || view.feeds(each))
                        .isPresent();
    }

    /** The order to remove what a snapshot left here, which is told with it. */
    private boolean isOfSnapshot(Stored<ExportSpec, ExportStatus> export) {
        return export.spec().volume().equals(export.spec().source())
                && !export.spec().sourceIsVolume();
    }

    private boolean isOnItsWay(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        boolean moved = spec.origin() != null && spec.origin().kind() == OriginKind.NODE;
        return view.isHere(volume) ? spec.target() != null : moved && view.feeds(volume);
    }

    private void place(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        boolean arriving = !view.isHere(volume) && view.node().name().equals(spec.target());
        if (arriving) {
            left.add(leftover(Leftover.Kind.IN_USE, volume, "moving here, for a pod"));
        } else if (view.isHere(volume) && !isRemoved(volume.status())) {
            left.add(ofHome(volume));
        }
    }

    private Leftover ofHome(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        List<String> users = view.attached(volume);
        if (spec.state() == DesiredState.ABSENT || isCopy(volume)) {
            return new Leftover(Leftover.Kind.LEAVING, EvacuationView.name(volume), 0);
        }
        if (spec.target() != null) {
            return leftover(Leftover.Kind.MOVING, volume, "to node " + spec.target() + view.answer(volume));
        }
        if (spec.placement() == Placement.PINNED) {
            return leftover(Leftover.Kind.PINNED, volume, users.isEmpty() ? "" : "in use");
        }
        if (!users.isEmpty()) {
            return leftover(Leftover.Kind.IN_USE, volume, "by a pod on node " + String.join(", ", users));
        }
        if (!Sources.isWhole(volume)) {
            return new Leftover(Leftover.Kind.INCOMPLETE, told(volume), spec.sizeBytes());
        }
        return view.idle().contains(volume.key()) && view.node().alive() && moving < movesAtOnce && sets.allow(volume)
                ? begin(volume)
                : leftover(Leftover.Kind.QUEUED, volume, "");
    }

    private Leftover begin(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        MovePlan.View move = new MovePlan.View(
                volume,
                view.exports().stream()
                        .filter(each -> each.spec().volume().equals(volume.key()))
                        .toList(),
                List.of(),
                view.nodes());
        long needed = spec.deviceBytes(spec.sizeBytes());
        Reservations.Choice choice = reserved.choose(
                view.nodes(),
                spec.home(),
                spec.pool(),
                node -> MovePlan.obstacle(move, node.name())
                        .map(AttachmentStatus::message)
                        .or(() -> reserved.full(node, spec.pool(), needed, spec.sizeBytes())));
        if (choice.node() == null) {
            return leftover(Leftover.Kind.FULL, volume, choice.why());
        }
        moves.add(new Step.SetTarget(volume, choice.node()));
        moving++;
        sets.take(volume);
        reserved.add(choice.node(), spec.pool(), needed);
        return leftover(Leftover.Kind.MOVING, volume, "to node " + choice.node());
    }

    private void reserve(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        reserved.add(spec.home(), spec.pool(), view.missing(volume));
        if (spec.target() != null) {
            reserved.add(spec.target(), spec.pool(), spec.deviceBytes(spec.sizeBytes()));
        }
    }

    /** What the node itself says that it has, as long as it can say it. */
    private List<HeldVolume> held() {
        StorageNodeStatus status = view.node().status();
        return !view.node().alive() || status == null || status.inventory() == null ? List.of() : status.inventory();
    }

    private void keep(HeldVolume copy) {
        Optional<Stored<VolumeSpec, VolumeStatus>> known = view.find(copy.volume());
        boolean lost = known.stream()
                .flatMap(volume ->
                        VolumeRecovery.of(volume.spec()).on(view.node().name()).stream())
                .anyMatch(each -> each.epoch() == copy.epoch());
        if (lost) {
            left.add(leftover(Leftover.Kind.QUARANTINED, known.orElseThrow(), "of epoch " + copy.epoch()));
        } else if (known.isEmpty()) {
            left.add(new Leftover(Leftover.Kind.UNKNOWN, copy.volume() + " of epoch " + copy.epoch(), 0));
        }
    }

    private static boolean isRemoved(@Nullable VolumeStatus status) {
        return status != null && status.phase() == VolumePhase.REMOVED;
    }

    private String told(Stored<VolumeSpec, VolumeStatus> volume) {
        String phase = view.hydration(volume)
                .map(status -> " (" + Objects.requireNonNullElse(status.reason(), "unknown") + " on node "
                        + volume.spec().home() + ", " + status.remainingBytes() + " bytes remain)")
                .orElse(" (on node " + volume.spec().home() + ")");
        return EvacuationView.name(volume) + phase;
    }

    private static Leftover leftover(Leftover.Kind kind, Stored<VolumeSpec, VolumeStatus> volume, String more) {
        String name = EvacuationView.name(volume);
        return new Leftover(
                kind,
                more.isEmpty() ? name : name + " (" + more + ")",
                volume.spec().sizeBytes());
    }
}
