package dev.sluice.controller.domain;

import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.Regression;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way of one volume to the node that wants it, and the answers to the nodes that do. Pure and level-triggered. What is decided by the
 * old home alone, when it gives its copy up, is never decided here.
 */
final class MovePlan {
    /** Homes in a row that may be left before the last of them is hydrated: each is one more hop for a first read. */
    static final int DEPTH = 4;

    private final View view;
    private final String id;
    private final VolumeSpec spec;

    private MovePlan(View view) {
        this.view = view;
        this.id = view.volume().key();
        this.spec = view.volume().spec();
    }

    /**
     * What a move depends on.
     *
     * @param exports all that feed, or are to feed, this volume
     * @param attachments nodes that want or have it, the oldest first; where no node has asked, those that are about to
     * @param nodes the storage nodes, as they are now: those that are home, target or attached, and those that may have a later copy
     */
    record View(
            Stored<VolumeSpec, VolumeStatus> volume,
            List<Stored<ExportSpec, ExportStatus>> exports,
            List<String> attachments,
            List<NodeView> nodes) {}

    /** Of a volume that may move, and is not being deleted. */
    static List<Step> of(View view) {
        MovePlan plan = new MovePlan(view);
        return plan.spec.target() == null ? plan.begin() : plan.go(plan.spec.target());
    }

    /** Why a volume cannot go to this node now; empty when it can. */
    static Optional<AttachmentStatus> obstacle(View view, String node) {
        return new MovePlan(view).obstacle(node);
    }

    /** The answer to one node's Attachment. */
    static AttachmentStatus answer(View view, String node) {
        return new MovePlan(view).answer(node);
    }

    /** Nodes that the volume would move to if they had room. */
    static List<String> withoutRoom(View view) {
        MovePlan plan = new MovePlan(view);
        return plan.spec.target() != null
                ? List.of()
                : view.attachments().stream()
                        .filter(node -> !node.equals(plan.spec.home()))
                        .filter(node ->
                                NodeFitness.NO_SPACE.equals(plan.answer(node).reason()))
                        .toList();
    }

    /** Nodes where a pod could use the volume: its home, and those it could come to. Of a volume that may move and is not on its way. */
    static List<String> places(View view) {
        MovePlan plan = new MovePlan(view);
        return view.nodes().stream()
                .filter(node -> node.name().equals(plan.spec.home())
                        ? node.unfit().isEmpty()
                        : plan.obstacle(node.name()).isEmpty())
                .map(NodeView::name)
                .toList();
    }

    private List<Step> begin() {
        return next().<List<Step>>map(node -> List.of(
                        new Step.SetTarget(view.volume(), node), new Step.CreateExport(exportName(), order(node))))
                .orElse(List.of());
    }

    private List<Step> go(String target) {
        if (regression().isPresent()) {
            return List.of();
        }
        Optional<Stored<ExportSpec, ExportStatus>> pending = pending();
        boolean wanted = isWanted(target) || isEmptied(target);
        if (pending.isEmpty()) {
            return List.of(
                    wanted
                            ? new Step.CreateExport(exportName(), order(target))
                            : new Step.SetTarget(view.volume(), null));
        }
        Stored<ExportSpec, ExportStatus> export = pending.get();
        boolean ordered = export.spec().state() == DesiredState.PRESENT;
        ExportStatus status = export.status();
        if (status != null && consented(status)) {
            // The copy at home is closed for good, so the way goes on whoever still wants it.
            return List.of(
                    ordered ? new Step.Move(view.volume(), origin(status).orElse(null)) : new Step.KeepExport(export));
        }
        if (ordered) {
            return wanted ? List.of() : List.of(new Step.ReleaseExport(export, null));
        }
        return status != null && status.phase() == ServedPhase.REMOVED
                ? List.of(new Step.ForgetExport(export))
                : List.of();
    }

    /**
     * A volume that nobody uses leaves a node that is being evacuated. A pod that comes meanwhile, anywhere but on the target, has the move
     * taken back and then its own, and so has the end of the evacuation.
     */
    private boolean isEmptied(String target) {
        return view.attachments().isEmpty()
                && find(spec.home()).map(NodeView::evacuating).orElse(false)
                && unfitness(target).isEmpty();
    }

    private boolean consented(ExportStatus status) {
        return Objects.equals(status.consentedEpoch(), spec.epoch() + 1)
                && (Boolean.TRUE.equals(status.empty()) || status.phase() == ServedPhase.READY);
    }

    private Optional<Origin> origin(ExportStatus status) {
        return Boolean.TRUE.equals(status.empty())
                ? Optional.empty()
                : Optional.of(new Origin(
                        OriginKind.NODE,
                        spec.home(),
                        spec.home(),
                        null,
                        spec.usableBytes(Objects.requireNonNull(status.sizeBytes(), "what is served has a size"))));
    }

    private ExportSpec order(String target) {
        ExportSpec order = new ExportSpec(id, spec.home(), target, id, spec.epoch() + 1, DesiredState.PRESENT);
        return hasOlderCopy(target) ? order.withDigests() : order;
    }

    /** It was the home before, and what it gave up is still there: only what has changed since needs to be copied. */
    private boolean hasOlderCopy(String node) {
        return view.exports().stream()
                .filter(each -> each.spec().sourceIsVolume()
                        && each.spec().originNode().equals(node)
                        && each.spec().state() == DesiredState.PRESENT)
                .map(Stored::status)
                .anyMatch(status -> status != null && status.lvUuid() != null && !Boolean.TRUE.equals(status.empty()));
    }

    private String exportName() {
        return Names.export(id, spec.epoch() + 1);
    }

    private Optional<Stored<ExportSpec, ExportStatus>> pending() {
        return view.exports().stream()
                .filter(each -> each.key().equals(exportName()))
                .findFirst();
    }

    /** A pod that is back at home has it at once; one on a node that is away may never come to it, and another's may wait. */
    private boolean isWanted(String target) {
        return view.attachments().contains(target)
                && isAlive(target)
                && !view.attachments().contains(spec.home());
    }

    /** Whose turn it is: the oldest that wants it and can have it, when the home does not use it. */
    private Optional<String> next() {
        return view.attachments().contains(spec.home())
                ? Optional.empty()
                : view.attachments().stream()
                        .filter(node -> obstacle(node).isEmpty())
                        .findFirst();
    }

    private AttachmentStatus answer(String node) {
        if (spec.state() == DesiredState.ABSENT) {
            return waiting("VolumeLeaving", "volume " + id + " is being deleted");
        }
        Optional<AttachmentStatus> outdated = regression();
        if (outdated.isPresent()) {
            return outdated.get();
        }
        String target = spec.target();
        if (node.equals(spec.home())) {
            return target == null
                    ? new AttachmentStatus(AttachmentState.GRANTED, "AtHome", "volume " + id + " is on this node")
                    : waiting(
                            "Moving",
                            "volume " + id + " was to move to node " + target
                                    + "; that is taken back, unless this node has given it up already");
        }
        if (spec.placement() != Placement.FOLLOW) {
            return waiting(
                    "HomeElsewhere", "volume " + id + " is pinned to node " + spec.home() + ": run the pod there");
        }
        if (target != null) {
            return target.equals(node)
                    ? asked()
                    : waiting("Moving", "volume " + id + " is moving to node " + target + purpose(target));
        }
        if (view.attachments().contains(spec.home())) {
            return waiting("InUse", "volume " + id + " is in use on node " + spec.home() + away());
        }
        return obstacle(node)
                .or(() -> next().filter(first -> !first.equals(node))
                        .map(first -> waiting("InUse", "node " + first + " asked for volume " + id + " first")))
                .orElseGet(this::asked);
    }

    private String purpose(String target) {
        if (view.attachments().contains(target)) {
            return ", which asked first";
        }
        boolean emptied = find(spec.home()).map(NodeView::evacuating).orElse(false);
        return emptied ? ", because its node is evacuated" : ", for a pod that was to start there";
    }

    /** What the home says to the order to give the volume up. */
    private AttachmentStatus asked() {
        return pending()
                .map(Stored::status)
                .filter(status -> status.reason() != null && status.message() != null && isAlive(spec.home()))
                .map(status -> waiting(
                        Objects.requireNonNull(status.reason()),
                        "node " + spec.home() + ": " + Objects.requireNonNull(status.message())))
                .orElseGet(() -> waiting(
                        isAlive(spec.home()) ? "Moving" : "HomeAway",
                        "node " + spec.home() + " is asked to give volume " + id + " up" + away()));
    }

    private String away() {
        return isAlive(spec.home())
                ? ""
                : "; that node is away, and the only copy is there: the volume waits until it is back. To go on without that"
                        + " copy, restore a snapshot that is on another node";
    }

    /** Why the volume cannot go there now; nothing has been changed then. */
    private Optional<AttachmentStatus> obstacle(String node) {
        Optional<AttachmentStatus> outdated = regression();
        if (outdated.isPresent()) {
            return outdated;
        }
        VolumeStatus status = view.volume().status();
        if (status == null || status.epoch() != spec.epoch() || status.allocated() == null) {
            return Optional.of(
                    waiting("NotMade", "volume " + id + " is still being made on node " + spec.home() + why(status)));
        }
        long left = view.exports().stream()
                .filter(each -> each.spec().sourceIsVolume() && !each.spec().onlyRetained())
                .filter(each -> !VolumeRecovery.of(spec).holds(each.spec()))
                .count();
        if (left >= DEPTH) {
            return Optional.of(waiting(
                    "ChainTooLong",
                    "volume " + id + " has left " + left + " nodes without being hydrated; it moves on when it is"));
        }
        return unfit(node);
    }

    /** The object is older than the data: nothing that it says is acted upon. */
    private Optional<AttachmentStatus> regression() {
        return NodeView.findRegression(view.nodes(), view.volume())
                .map(found -> waiting(Regression.REASON, found.explain(id, spec)));
    }

    private String why(@Nullable VolumeStatus status) {
        return status == null || status.epoch() != spec.epoch() || status.message() == null
                ? ""
                : ": " + status.message();
    }

    private Optional<AttachmentStatus> unfit(String node) {
        return find(node).map(there -> NodeFitness.refusal(there, spec)).orElseGet(() -> noStorageNode(node));
    }

    /** What of a node does not change with the bytes that are free. */
    private Optional<AttachmentStatus> unfitness(String node) {
        return find(node).map(there -> NodeFitness.unfitness(there, spec)).orElseGet(() -> noStorageNode(node));
    }

    private static Optional<AttachmentStatus> noStorageNode(String node) {
        return Optional.of(waiting(NodeFitness.UNFIT, "node " + node + " is no storage node"));
    }

    private boolean isAlive(String node) {
        return find(node).map(NodeView::alive).orElse(false);
    }

    private Optional<NodeView> find(String node) {
        return view.nodes().stream().filter(each -> each.name().equals(node)).findFirst();
    }

    private static AttachmentStatus waiting(String reason, String message) {
        return new AttachmentStatus(AttachmentState.WAITING, reason, message);
    }
}
