package dev.sluice.controller.domain;

import dev.sluice.api.Feed;
import dev.sluice.api.HeldVolume;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.RecoveryPlan.Refusal;
import java.util.Optional;

/** Whether the home's copy is lost, so that a volume may go on without it. */
final class HomeLoss {
    private final RecoveryPlan.View view;
    private final VolumeSpec spec;
    private final String home;

    HomeLoss(RecoveryPlan.View view, VolumeSpec spec) {
        this.view = view;
        this.spec = spec;
        this.home = spec.home();
    }

    /** False when the home is alive and has to close its copy for this epoch first. */
    boolean requireLost(long successor) {
        if (!view.isAlive(home)) {
            return true;
        }
        Optional<HeldVolume> copy = view.held(home, spec.epoch());
        if (copy.isEmpty()) {
            requireTold();
            return true;
        }
        Long closedFor = copy.get().closedFor();
        if (closedFor != null) {
            return requireOurs(closedFor, successor);
        }
        if (!isOutdated() && !isSourceLost()) {
            throw new Refusal(
                    "node " + home + " is alive and has the copy, and what that needs is there: nothing is lost");
        }
        if (view.attachments().contains(home)) {
            throw new Refusal("a pod on node " + home + " uses the volume: end it first");
        }
        return false;
    }

    private void requireTold() {
        VolumeStatus status = view.volume().status();
        boolean told = status != null
                && status.phase() == VolumePhase.FAILED
                && VolumeStatus.ORIGIN_UNAVAILABLE.equals(status.reason());
        if (!told && !isOutdated()) {
            throw new Refusal("node " + home + " is alive, and has not said that the copy is missing");
        }
    }

    private boolean requireOurs(long closedFor, long successor) {
        if (spec.target() != null && closedFor != successor) {
            throw new Refusal("the volume is on its way to node " + spec.target());
        }
        return true;
    }

    /** Some node has a later copy. */
    private boolean isOutdated() {
        return NodeView.findRegression(view.nodes(), view.volume()).isPresent();
    }

    /** What is not here yet is on a node that is away. */
    private boolean isSourceLost() {
        if (Sources.isWhole(view.volume())) {
            return false;
        }
        Feed feed = spec.feed();
        boolean direct = feed != null && !feed.node().equals(home) && !view.isAlive(feed.node());
        return direct
                || view.exports().stream()
                        .filter(each -> each.spec().epoch() <= spec.epoch()
                                && !each.spec().onlyRetained()
                                && !VolumeRecovery.of(spec).holds(each.spec()))
                        .map(each -> each.spec().originNode())
                        .anyMatch(node -> !view.isAlive(node));
    }
}
