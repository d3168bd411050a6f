package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.Regression;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.RecoveryPlan.Refusal;
import dev.sluice.controller.domain.RecoveryPlan.Successor;
import dev.sluice.controller.domain.RecoveryPlan.View;
import dev.sluice.names.Names;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a volume may go on with when its home's copy is given up: a snapshot of it, or another copy. */
final class Successors {
    private static final Pattern COPY = Pattern.compile("([a-z0-9.-]+)@([1-9][0-9]{0,17})");

    private final View view;
    private final String id;
    private final VolumeSpec spec;
    private final long nextEpoch;
    private final Optional<Regression> later;

    /** @param nextEpoch of a volume that goes on with something older */
    Successors(View view, VolumeSpec spec, long nextEpoch) {
        this.view = view;
        this.id = view.volume().key();
        this.spec = spec;
        this.nextEpoch = nextEpoch;
        this.later = NodeView.findRegression(view.nodes(), view.volume());
    }

    Successor find(String use) {
        if (spec.placement() == Placement.PINNED) {
            throw new Refusal("the volume is pinned: its PersistentVolume names node " + spec.home()
                    + " for ever. Restore the snapshot into a new claim");
        }
        Matcher copy = COPY.matcher(use);
        if (copy.matches()) {
            return copy(copy.group(1), Long.parseLong(copy.group(2)));
        }
        if (!Names.isSnapshotId(use)) {
            throw new Refusal("use must name a snapshot (s-…) of the volume, or a copy of it (node@epoch)");
        }
        return snapshot(use);
    }

    /** The copy hydrates from what the home gave up to it. */
    boolean isMove(Successor successor) {
        return successor.origin() == null
                && view.held(successor.home(), successor.epoch())
                        .filter(copy -> !isWhole(copy))
                        .isPresent();
    }

    private Successor snapshot(String use) {
        requireLatest();
        var found = view.snapshot()
                .filter(each -> !each.spec().internal() && each.spec().state() == DesiredState.PRESENT)
                .orElseThrow(() -> new Refusal("there is no snapshot " + use));
        SnapshotSpec taken = found.spec();
        SnapshotStatus status = found.status();
        if (!taken.sourceVolume().equals(id)) {
            throw new Refusal("snapshot " + use + " is of volume " + taken.sourceVolume());
        }
        requireAlive(taken.node(), "snapshot " + use);
        if (status == null || status.phase() != ServedPhase.READY || Boolean.FALSE.equals(status.hydrated())) {
            throw new Refusal("snapshot " + use + " is not whole: it cannot be used without what it still needs");
        }
        boolean besideTheLost = taken.node().equals(spec.home())
                && view.held(spec.home(), spec.epoch()).isEmpty();
        if (besideTheLost || !taken.pool().equals(spec.pool())) {
            throw new Refusal("snapshot " + use + " is in pool " + taken.pool() + " of node " + taken.node()
                    + (besideTheLost ? ", where the copy was lost" : "; the volume is in pool " + spec.pool()));
        }
        long bytes = Objects.requireNonNull(status.sizeBytes(), "a ready snapshot has a size");
        return new Successor(
                taken.node(),
                nextEpoch,
                new Origin(OriginKind.SNAPSHOT, use, taken.node(), use, bytes),
                status.creationTime());
    }

    private Successor copy(String node, long epoch) {
        requireAlive(node, node + "@" + epoch);
        HeldVolume copy = view.held(node, epoch)
                .orElseThrow(() -> new Refusal("node " + node + " has no copy of epoch " + epoch + " of the volume"));
        if (epoch == spec.epoch()) {
            throw new Refusal("the volume is of epoch " + epoch
                    + " itself: which of two histories goes on cannot be told" + " by that. Use a snapshot");
        }
        return epoch > spec.epoch() ? later(node, copy) : earlier(node, copy);
    }

    /** One that the object does not know: it was restored from a backup. */
    private Successor later(String node, HeldVolume copy) {
        requireLatest(node, copy);
        if (copy.closedFor() != null) {
            throw new Refusal("that copy was given up for epoch " + copy.closedFor() + ": it is not the last");
        }
        boolean reads = copy.epoch() == spec.epoch() + 1
                && view.held(spec.home(), spec.epoch())
                        .filter(home -> Objects.equals(home.closedFor(), (Long) copy.epoch()))
                        .isPresent();
        if (!isWhole(copy) && !(reads && view.isAlive(spec.home()))) {
            throw new Refusal("that copy is not whole, and what it still reads is not what the object tells of");
        }
        return new Successor(node, copy.epoch(), null, null);
    }

    /** One that was given up and is kept. It is shared, so it stays as it was. */
    private Successor earlier(String node, HeldVolume copy) {
        requireLatest();
        if (copy.closedFor() == null || !isWhole(copy)) {
            throw new Refusal("that copy is not whole, or was never given up properly");
        }
        if (view.held(node).anyMatch(each -> each.epoch() > copy.epoch())) {
            throw new Refusal("node " + node + " has a later copy beside it");
        }
        if (view.find(node).flatMap(each -> each.pool(spec.pool())).isEmpty()) {
            throw new Refusal("node " + node + " has no pool " + spec.pool());
        }
        return new Successor(node, nextEpoch, new Origin(OriginKind.VOLUME, id, node, null, spec.sizeBytes()), null);
    }

    private void requireLatest() {
        later.ifPresent(found -> {
            throw new Refusal(found.explain(id, spec) + ". If that node is lost too, delete its StorageNode first");
        });
    }

    private void requireLatest(String node, HeldVolume copy) {
        boolean last = later.filter(
                        found -> found.node().equals(node) && found.copy().equals(copy))
                .isPresent();
        if (!last) {
            throw new Refusal(later.map(found -> found.explain(id, spec))
                    .orElse("no node has a later copy than the object tells of"));
        }
    }

    private void requireAlive(String node, String what) {
        if (!view.isAlive(node)) {
            throw new Refusal("node " + node + ", which has " + what + ", is away");
        }
    }

    private static boolean isWhole(HeldVolume copy) {
        return Boolean.TRUE.equals(copy.whole());
    }
}
