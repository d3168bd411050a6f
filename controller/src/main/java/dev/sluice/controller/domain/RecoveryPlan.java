package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.GivenUp;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.LostCopy;
import dev.sluice.api.Origin;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An administrator's order to go on without the home's copy becomes one write, or is refused in one; neither is ever taken up again. Pure.
 * A home that is alive closes its copy before: until then the order waits.
 */
final class RecoveryPlan {
    private final View view;
    private final String id;
    private final VolumeSpec spec;
    private final VolumeRecovery recovery;

    private RecoveryPlan(View view) {
        this.view = view;
        this.id = view.volume().key();
        this.spec = view.volume().spec();
        this.recovery = VolumeRecovery.of(spec);
    }

    /**
     * What an order depends on.
     *
     * @param snapshot the one that the order names, if it names one that is there
     * @param exports of this volume
     * @param nodes all storage nodes
     * @param now RFC 3339
     */
    record View(
            Stored<VolumeSpec, VolumeStatus> volume,
            Optional<Stored<SnapshotSpec, SnapshotStatus>> snapshot,
            List<Stored<ExportSpec, ExportStatus>> exports,
            List<String> attachments,
            List<NodeView> nodes,
            String now) {

        Optional<NodeView> find(String node) {
            return nodes.stream().filter(each -> each.name().equals(node)).findFirst();
        }

        boolean isAlive(String node) {
            return find(node).map(NodeView::alive).orElse(false);
        }

        Stream<HeldVolume> held(String node) {
            return find(node).stream()
                    .flatMap(each -> each.inventory().stream())
                    .filter(copy -> copy.volume().equals(volume.key()));
        }

        Optional<HeldVolume> held(String node, long epoch) {
            return held(node).filter(copy -> copy.epoch() == epoch).findFirst();
        }
    }

    /**
     * What the volume goes on with.
     *
     * @param origin null when the copy is one that is there already
     * @param since what was written later is given up; null when that is not known
     */
    record Successor(
            String home,
            long epoch,
            @Nullable Origin origin,
            @Nullable String since) {}

    /** Empty when nothing is ordered, or when it waits for the home. */
    static List<Step> of(View view) {
        RecoveryPlan plan = new RecoveryPlan(view);
        VolumeSpec next = plan.next();
        if (next.equals(plan.spec)) {
            return List.of();
        }
        Step recover = new Step.Recover(view.volume(), next);
        String target = next.target();
        // The home gave its copy up long ago: asked, it says so whether or not the target stands yet.
        return target == null || target.equals(plan.spec.target())
                ? List.of(recover)
                : List.of(
                        new Step.CreateExport(
                                Names.export(plan.id, next.epoch() + 1),
                                new ExportSpec(
                                        plan.id, next.home(), target, plan.id, next.epoch() + 1, DesiredState.PRESENT)),
                        recover);
    }

    private VolumeSpec next() {
        if (spec.state() == DesiredState.ABSENT) {
            return spec.withRecovery(recovery.with(leaving()));
        }
        if (recovery.discard() != null) {
            return discard(recovery.discard());
        }
        if (recovery.giveUp() == null && recovery.use() == null) {
            return spec.withRecovery(recovery.with(remaining().toList()));
        }
        try {
            return go();
        } catch (Refusal refusal) {
            return refused(
                    "giveUp " + recovery.giveUp() + ", use " + recovery.use(), String.valueOf(refusal.getMessage()));
        }
    }

    private VolumeSpec go() {
        if (recovery.by() == null || recovery.by().isBlank()) {
            throw new Refusal("spec.recovery.by must say who orders it");
        }
        String present = spec.home() + "@" + spec.epoch();
        if (!present.equals(recovery.giveUp())) {
            throw new Refusal("the volume is on " + present + " now, and exactly that is to be named in giveUp");
        }
        Successors successors = new Successors(view, spec, nextEpoch());
        Successor successor = successors.find(Objects.requireNonNullElse(recovery.use(), ""));
        if (new HomeLoss(view, spec).requireLost(successor.epoch())) {
            return successors.isMove(successor) ? arrive(successor) : switchTo(successor);
        }
        // The home is alive and closes its copy first.
        return spec.withRecovery(recovery.with(lost(successor.epoch())));
    }

    /** Later than whatever was ever begun. */
    private long nextEpoch() {
        Optional<LostCopy> asked = recovery.on(spec.home()).stream()
                .filter(lost -> lost.epoch() == spec.epoch())
                .findFirst();
        if (asked.isPresent()) {
            return asked.get().closedFor();
        }
        LongStream begun = view.nodes().stream()
                .flatMap(node -> view.held(node.name()))
                .flatMapToLong(copy ->
                        LongStream.of(copy.epoch(), Objects.requireNonNullElse(copy.closedFor(), copy.epoch())));
        LongStream exported =
                view.exports().stream().mapToLong(each -> each.spec().epoch());
        return LongStream.concat(LongStream.of(spec.epoch()), LongStream.concat(begun, exported))
                        .max()
                        .orElseThrow()
                + 1;
    }

    private VolumeSpec switchTo(Successor successor) {
        return spec.recovered(
                successor.home(),
                successor.epoch(),
                null,
                successor.origin(),
                recovery.with(lost(successor.epoch())).done(history(successor)));
    }

    /** The copy that is used hydrates from the home's: this is the move the object does not remember. Nothing is lost. */
    private VolumeSpec arrive(Successor successor) {
        return spec.recovered(
                spec.home(), spec.epoch(), successor.home(), spec.origin(), recovery.done(history(successor)));
    }

    private List<GivenUp> history(Successor successor) {
        List<GivenUp> history = new ArrayList<>(recovery.history());
        history.add(new GivenUp(
                view.now(),
                spec.home() + "@" + spec.epoch(),
                Objects.requireNonNull(recovery.use()),
                successor.since(),
                Objects.requireNonNull(recovery.by()),
                successor.epoch()));
        return List.copyOf(history);
    }

    private List<LostCopy> lost(long successor) {
        LostCopy home = new LostCopy(spec.home(), spec.epoch(), successor, null);
        boolean known = recovery.copies().stream().anyMatch(each -> each.name().equals(home.name()));
        return known
                ? recovery.copies()
                : Stream.concat(recovery.copies().stream(), Stream.of(home)).toList();
    }

    private VolumeSpec discard(String name) {
        Optional<LostCopy> known = recovery.copies().stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
        Optional<String> lvUuid = known.flatMap(lost -> view.held(lost.node(), lost.epoch()))
                .filter(copy -> copy.closedFor() != null)
                .map(HeldVolume::lvUuid);
        if (lvUuid.isEmpty()) {
            return refused(
                    "discard " + name,
                    known.isEmpty()
                            ? "spec.recovery.lost has no such copy"
                            : "its node has not told yet that it has the copy, and has it closed");
        }
        return spec.withRecovery(recovery.discarded()
                .with(recovery.copies().stream()
                        .map(each -> each.name().equals(name) ? each.removed(lvUuid.get()) : each)
                        .toList()));
    }

    private VolumeSpec refused(String order, String why) {
        return spec.withRecovery(recovery.refused(view.now() + " " + order + ": refused: " + why));
    }

    /** With the volume everything of it goes, as far as its nodes tell of it. */
    private List<LostCopy> leaving() {
        return remaining()
                .map(lost -> view.held(lost.node(), lost.epoch())
                        .filter(copy -> copy.closedFor() != null && lost.remove() == null)
                        .map(copy -> lost.removed(copy.lvUuid()))
                        .orElse(lost))
                .toList();
    }

    /** A node that is away, or was given up, may still have its copy. */
    private Stream<LostCopy> remaining() {
        return recovery.copies().stream()
                .filter(lost -> !view.isAlive(lost.node())
                        || !view.find(lost.node()).orElseThrow().tellsInventory()
                        || view.held(lost.node(), lost.epoch()).isPresent());
    }

    /** Why an order is not done. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(String why) {
            super(why);
        }
    }
}
