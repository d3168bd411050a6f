package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.MappedDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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
    private final String id;
    private final long epoch;
    private @Nullable Instant goneSince;
    private boolean broken;
    private boolean failed;
    private boolean refused;

    SourcePath(Host host, String id, long epoch) {
        this.host = host;
        this.id = id;
        this.epoch = epoch;
    }

    /** Looks, and puts a path back into use that the kernel had given up while the session was away. */
    State look(Instant now) {
        Optional<IscsiSession> session = Sessions.ofCopy(host, id, epoch);
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

    /** Puts the path back into use if the kernel had given it up and the session is back. */
    void reinstate() {
        reinstate(Sessions.ofCopy(host, id, epoch).filter(IscsiSession::connected));
    }

    private boolean reinstate(Optional<IscsiSession> session) {
        BlockDevice disk = session.map(IscsiSession::disk).orElse(null);
        Optional<MappedDevice> source = host.deviceMapper().find(device());
        if (disk == null || source.isEmpty() || !Tables.uses(source.get().table(), disk)) {
            return false;
        }
        failed = reinstate(disk);
        return true;
    }

    /** The origin as a disk of this node, when it is there. */
    Optional<BlockDevice> disk() {
        return Sessions.ofCopy(host, id, epoch).map(IscsiSession::disk);
    }

    /** True when the last look found no disk, or one under another name: only bringing the stack up again mends that. */
    boolean broken() {
        return broken;
    }

    private String device() {
        return Names.sourceDevice(Names.copy(id, epoch));
    }

    private State gone(Instant now) {
        failed = false;
        if (goneSince == null) {
            goneSince = now;
        }
        return goneSince.plus(LOST_AFTER).isBefore(now) ? State.LOST : State.UNREACHABLE;
    }

    private boolean reinstate(BlockDevice disk) {
        String name = device();
        String number = disk.number();
        boolean givenUp = host.deviceMapper().status(name, false).stream()
                .map(line -> Arrays.asList(line.arguments().split("\\s+")))
                .anyMatch(words -> {
                    int path = words.indexOf(number);
                    return path >= 0
                            && path + 1 < words.size()
                            && words.get(path + 1).equals("F");
                });
        if (givenUp) {
            host.deviceMapper().message(name, "reinstate_path " + number);
        }
        return givenUp;
    }
}
