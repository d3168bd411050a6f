package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.BlockDevices;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.IscsiSessions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** The host's iscsid: one iscsiadm process for a login, one for a logout, everything else by files. */
public final class OpenIscsiSessions implements IscsiSessions {
    private static final String IQN_PREFIX = Names.targetIqn("");
    private static final Duration LOGIN_DEADLINE = Duration.ofSeconds(20);
    private static final Duration LOGOUT_DEADLINE = Duration.ofSeconds(20);
    private static final Duration DISK_DEADLINE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final int SESSION_EXISTS = 15;
    private static final int NO_DAEMON = 20;
    private static final int NO_SESSION = 21;

    /** By IQN: logins under way. */
    private final Map<String, CompletableFuture<Void>> begun = new ConcurrentHashMap<>();

    private final Processes processes;
    private final SysfsSessions sessions;
    private final NodeRecords records;
    private final BlockDevices blockDevices;

    OpenIscsiSessions(Processes processes, SysfsSessions sessions, NodeRecords records, BlockDevices blockDevices) {
        this.processes = processes;
        this.sessions = sessions;
        this.records = records;
        this.blockDevices = blockDevices;
    }

    @Override
    public List<IscsiSession> list() {
        return sessions.all(IQN_PREFIX).stream()
                .map(SysfsSessions.Found::session)
                .toList();
    }

    @Override
    public Optional<IscsiSession> find(String iqn) {
        return sessions.find(iqn).map(SysfsSessions.Found::session);
    }

    @Override
    public Beginning begin(IscsiLogin login) {
        if (sessions.find(login.iqn()).isPresent()) {
            return () -> {};
        }
        CompletableFuture<Void> way = CompletableFuture.runAsync(() -> logIn(login), Thread::startVirtualThread);
        begun.put(login.iqn(), way);
        return () -> {
            begun.remove(login.iqn(), way);
            way.handle((done, failure) -> true).join();
        };
    }

    private void ensureSession(IscsiLogin login) {
        CompletableFuture<Void> way = begun.get(login.iqn());
        if (way == null) {
            if (sessions.find(login.iqn()).isEmpty()) {
                logIn(login);
            }
            return;
        }
        try {
            way.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof SluiceException failure ? failure : e;
        }
    }

    @Override
    public IscsiSession ensure(IscsiLogin login) {
        ensureSession(login);
        long end = System.nanoTime() + DISK_DEADLINE.toNanos();
        while (true) {
            IscsiSession session = find(login.iqn()).orElse(null);
            BlockDevice disk = session == null ? null : session.disk();
            if (session != null && disk != null) {
                verify(login, disk);
                return session;
            }
            if (System.nanoTime() > end || Thread.interrupted()) {
                throw new SluiceException(
                        ErrorKind.UNAVAILABLE, login.iqn() + " at " + login.portal() + " shows no disk");
            }
            // The scan has no completion to wait for; sysfs raises no event this process could see in a container.
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private void logIn(IscsiLogin login) {
        records.write(login);
        CommandResult result = processes.run(
                LOGIN_DEADLINE, "iscsiadm", "-m", "node", "-T", login.iqn(), "-p", login.portal(), "--login");
        if (!result.succeeded() && result.exit() != SESSION_EXISTS) {
            ErrorKind kind = result.exit() == NO_DAEMON ? ErrorKind.HOST : ErrorKind.UNAVAILABLE;
            throw result.failure(kind, "log in to " + login.iqn() + " at " + login.portal());
        }
    }

    private void verify(IscsiLogin login, BlockDevice disk) {
        String serial = sessions.serial(disk);
        long size = blockDevices.sizeBytes(disk);
        if (!serial.equals(login.serial()) || size != login.sizeBytes()) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "%s of %s has serial %s and %d bytes, promised were %s and %d"
                            .formatted(disk.path(), login.iqn(), serial, size, login.serial(), login.sizeBytes()));
        }
    }

    /**
     * A live session: the disk goes first, or the kernel may spin on it. A dead one: the logout goes first, since deleting the disk would
     * wait for the portal.
     */
    @Override
    public void remove(String iqn) {
        Optional<SysfsSessions.Found> found = sessions.find(iqn);
        if (found.isPresent()) {
            BlockDevice disk = found.get().session().disk();
            if (found.get().session().connected() && disk != null) {
                sessions.delete(disk);
            }
            logOut(found.get());
        }
        records.remove(iqn);
    }

    private void logOut(SysfsSessions.Found found) {
        CommandResult result =
                processes.run(LOGOUT_DEADLINE, "iscsiadm", "-m", "session", "-r", found.id(), "--logout");
        if (!result.succeeded()
                && result.exit() != NO_SESSION
                && sessions.find(found.session().iqn()).isPresent()) {
            throw result.failure(ErrorKind.HOST, "log out of " + found.session().iqn());
        }
    }
}
