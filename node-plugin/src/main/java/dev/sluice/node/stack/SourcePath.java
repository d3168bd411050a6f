package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.TableLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The way from a hydrating volume to its origin: whether it is there, and its repair when the session is back. */
final class SourcePath {
    private static final Duration LOST_AFTER = Duration.ofSeconds(120);

    enum State {
        CONNECTED,
        UNREACHABLE,
        LOST
    }

    private final Host host;
    private final String iqn;
    private final String device;
    private @Nullable Instant goneSince;
    private boolean broken;
    private boolean failed;
    private boolean refused;

    SourcePath(Host host, String id, long epoch) {
        this.host = host;
        this.iqn = Sessions.iqnOfCopy(id, epoch);
        this.device = Names.sourceDevice(Names.copy(id, epoch));
    }

    /** Looks, and puts a path back into use that the kernel had given up while the session was away. */
    State look(Instant now) {
        Optional<IscsiSession> session = host.sessions().find(iqn);
        broken = false;
        refused = false;
        if (session.isPresent() && !session.get().connected()) {
            return gone(now);
        }
        boolean failedBefore = failed;
        if (!reinstate(session)) {
            broken = true;
            return gone(now);
        }
        refused = failed && failedBefore;
        goneSince = null;
        return State.CONNECTED;
    }

    /**
     * True when the path had failed again since the look before, with a session that is there: the origin answers, and with an error. The
     * kernel takes any error of the disk for one of the path, and what met it waits and is sent again.
     */
    boolean refused() {
        return refused;
    }

    /** Whether there is an origin and nothing comes from it now: the session is broken, or the kernel has given its disk up. */
    boolean isAway() {
        List<TableLine> source = host.deviceMapper().status(device, false);
        Optional<IscsiSession> session = host.sessions().find(iqn).filter(IscsiSession::connected);
        boolean used = session.map(IscsiSession::disk)
                .flatMap(disk -> isGivenUp(source, disk))
                .map(givenUp -> !givenUp)
                .orElse(false);
        return !source.isEmpty() && !used;
    }

    boolean isThere() {
        return host.deviceMapper()
                .find(device)
                .filter(source -> !source.table().isEmpty())
                .isPresent();
    }

    /** What finds no way from now on ends in an error. */
    void fail() {
        host.deviceMapper().message(device, "fail_if_no_path");
    }

    /** It waits for one again. */
    void queue() {
        host.deviceMapper().message(device, "queue_if_no_path");
        failIfGoingDown();
    }

    /** Asked for after each change that makes something wait: what was let go of in between stays so. */
    void failIfGoingDown() {
        if (host.shutdown().hasBegun()) {
            fail();
        }
    }

    /** Puts the path back into use if the kernel had given it up and the session is back. */
    void reinstate() {
        reinstate(host.sessions().find(iqn).filter(IscsiSession::connected));
    }

    private boolean reinstate(Optional<IscsiSession> session) {
        BlockDevice disk = session.map(IscsiSession::disk).orElse(null);
        return disk != null && reinstate(disk);
    }

    /** False when the disk is no path of the source. */
    private boolean reinstate(BlockDevice disk) {
        Optional<Boolean> givenUp = isGivenUp(host.deviceMapper().status(device, false), disk);
        if (givenUp.isEmpty()) {
            return false;
        }
        failed = givenUp.get();
        if (failed) {
            host.deviceMapper().message(device, "reinstate_path " + disk.number());
        }
        return true;
    }

    /** Empty when the disk is no path of the source. The number of a path is followed by A, or by F when it is given up. */
    private static Optional<Boolean> isGivenUp(List<TableLine> source, BlockDevice disk) {
        String path = " " + disk.number() + " ";
        return source.stream()
                .map(TableLine::arguments)
                .filter(status -> status.contains(path))
                .map(status -> status.startsWith("F", status.indexOf(path) + path.length()))
                .findFirst();
    }

    /** The origin as a disk of this node, when it is there. */
    Optional<BlockDevice> disk() {
        return host.sessions().find(iqn).map(IscsiSession::disk);
    }

    /** True when the last look found no disk, or one under another name: only bringing the stack up again mends that. */
    boolean broken() {
        return broken;
    }

    private State gone(Instant now) {
        failed = false;
        if (goneSince == null) {
            goneSince = now;
        }
        return goneSince.plus(LOST_AFTER).isBefore(now) ? State.LOST : State.UNREACHABLE;
    }
}
