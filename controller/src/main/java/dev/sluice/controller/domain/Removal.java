package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Orders volumes away: by request, or because they could not be made. */
public final class Removal {
    static final Duration PATIENCE = Duration.ofSeconds(25);

    private final Registry registry;
    private final Families families;

    public Removal(Registry registry, Families families) {
        this.registry = registry;
        this.families = families;
    }

    /** Returns when the home has removed the data, or is dead: then a tombstone waits for it. */
    public void delete(String id, Deadline deadline) {
        if (!Names.isVolumeId(id)) {
            return;
        }
        Optional<Stored<VolumeSpec, VolumeStatus>> volume = registry.volumes().find(id);
        if (volume.isEmpty()) {
            return;
        }
        String home = volume.get().spec().home();
        boolean alive = isAlive(home);
        refuseWhileUsed(id);
        orderAbsent(id);
        families.advance(id);
        if (!alive) {
            return;
        }
        Optional<Stored<VolumeSpec, VolumeStatus>> last = registry.volumes()
                .await(id, Removal::isRemoved, deadline.atMost(PATIENCE).left());
        if (!isRemoved(last)) {
            throw stillWorking(home, "the removal of volume " + id);
        }
        families.advance(id);
    }

    /** Before an error that Kubernetes takes as final, what was begun is ordered away. Returns the error to throw. */
    SluiceException undo(String id, @Nullable String reason, @Nullable String message) {
        if (nodesUsing(id).isEmpty()) {
            orderAbsent(id);
            families.advance(id);
        }
        return failure(id, reason, message);
    }

    static SluiceException failure(String id, @Nullable String reason, @Nullable String message) {
        ErrorKind kind = "NoSpace".equals(reason) ? ErrorKind.NO_SPACE : ErrorKind.HOST;
        return new SluiceException(kind, id + " could not be made: " + (message == null ? reason : message));
    }

    SluiceException stillWorking(String node, String what) {
        if (!isAlive(node)) {
            return new SluiceException(
                    ErrorKind.UNAVAILABLE, "node " + node + " is away: " + what + " waits for it; retry");
        }
        return new SluiceException(ErrorKind.STILL_WORKING, what + " is still being worked on by " + node + "; retry");
    }

    private void orderAbsent(String id) {
        registry.volumes().change(id, spec -> spec.withState(DesiredState.ABSENT));
    }

    private void refuseWhileUsed(String id) {
        List<String> users = nodesUsing(id);
        if (!users.isEmpty()) {
            throw new SluiceException(ErrorKind.IN_USE, "volume " + id + " is in use on " + String.join(", ", users));
        }
    }

    // The Attachment of a dead node is not taken back by anyone; its data is removed when, and only when, that node
    // returns.
    private List<String> nodesUsing(String id) {
        return registry.nodes().attachments(id).stream().filter(this::isAlive).toList();
    }

    private boolean isAlive(String node) {
        return registry.nodes().find(node).map(NodeView::alive).orElse(false);
    }

    private static boolean isRemoved(Optional<Stored<VolumeSpec, VolumeStatus>> volume) {
        if (volume.isEmpty()) {
            return true;
        }
        VolumeStatus status = volume.get().status();
        return status != null && status.phase() == VolumePhase.REMOVED;
    }
}
