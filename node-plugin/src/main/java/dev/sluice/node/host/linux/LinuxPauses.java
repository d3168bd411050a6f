package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Suspends by ioctl. A thread of its own keeps the deadline; what a kill of the process leaves suspended, the next start resumes. */
public final class LinuxPauses implements Pauses {
    private static final int AT_ONCE = 4;
    /** Without the freeze and the flush of a file system above, each of which takes as long as the pod has written. */
    private static final int HOLDING = DmRequest.SUSPEND | DmRequest.SKIP_LOCKFS | DmRequest.NOFLUSH;

    private final Consumer<String> suspend;
    private final Consumer<String> hold;
    private final Consumer<String> resume;
    private final Supplier<List<String>> suspended;
    // A resumption waits for a suspension that hangs; the deadlines of other pauses must not wait for it.
    private final ScheduledExecutorService deadlines = Executors.newScheduledThreadPool(
            AT_ONCE, Thread.ofPlatform().name("pauses-", 0).daemon().factory());

    private final Set<Held> current = ConcurrentHashMap.newKeySet();
    /**
     * Whose a device is, from before its suspension until after its end. A suspension that the kernel keeps outlives its deadline, and its
     * own end would resume the device in the middle of another's pause.
     */
    private final Map<String, Held> claims = new ConcurrentHashMap<>();

    private volatile boolean ending;

    LinuxPauses(
            Consumer<String> suspend,
            Consumer<String> hold,
            Consumer<String> resume,
            Supplier<List<String>> suspended) {
        this.suspend = suspend;
        this.hold = hold;
        this.resume = resume;
        this.suspended = suspended;
    }

    static LinuxPauses over(DmControl control) {
        LinuxPauses pauses = new LinuxPauses(
                name -> suspend(flags -> control.call(
                        DmControl.SUSPEND, new DmRequest().name(name).flags(flags))),
                name -> control.call(
                        DmControl.SUSPEND, new DmRequest().name(name).flags(HOLDING)),
                name -> control.find(DmControl.RESUME, resumption(name)),
                new SuspendedDevices(control)::names);
        // A plugin that is replaced by a newer one must not keep a pod waiting until that has started.
        Runtime.getRuntime().addShutdownHook(new Thread(pauses::endAll, "pauses-end"));
        return pauses;
    }

    /**
     * Neither SKIP_LOCKFS nor NOFLUSH: what was written before is below when this returns. A file system that someone else has frozen, as
     * hooks of backups do, is not frozen again (EBUSY, before Linux 6.8), and need not be.
     */
    static void suspend(IntConsumer attempt) {
        try {
            attempt.accept(DmRequest.SUSPEND);
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.IN_USE) {
                throw e;
            }
            attempt.accept(DmRequest.SUSPEND | DmRequest.SKIP_LOCKFS);
        }
    }

    /** Of a decrypted device a cookie would have udev start programs (05-sluice.rules): the rule itself gives the flags. */
    private static DmRequest resumption(String name) {
        DmRequest request = new DmRequest().name(name);
        return Names.isLuksDevice(name) ? request : request.quietUdev();
    }

    private enum State {
        HELD,
        ENDED,
        EXPIRED
    }

    @Override
    public Pause suspend(List<String> names, Duration deadline) {
        return suspend(names, deadline, suspend);
    }

    @Override
    public Pause hold(String device, Duration deadline) {
        return suspend(List.of(device), deadline, hold);
    }

    private Pause suspend(List<String> names, Duration deadline, Consumer<String> suspension) {
        Held held = new Held(names);
        held.claim();
        current.add(held);
        held.watchedBy(deadlines.schedule(held::expire, deadline.toNanos(), TimeUnit.NANOSECONDS));
        try {
            names.forEach(suspension);
        } catch (SluiceException e) {
            held.settle();
            if (!held.end()) {
                held.resume();
            }
            throw e;
        }
        held.settle();
        if (ending) {
            held.expire();
        }
        // The deadline may have passed while one was waited for, and the rest was suspended after it.
        if (held.expired()) {
            held.resume();
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    names + " could not be suspended within " + deadline + "; it is tried again");
        }
        return held;
    }

    /** This process ends, and no new pause begins. */
    void endAll() {
        ending = true;
        for (Held held : current) {
            try {
                held.expire();
            } catch (SluiceException left) {
                // The next start sweeps, and the others must not wait for it.
            }
        }
    }

    @Override
    public List<String> sweep() {
        List<String> left = suspended.get().stream()
                .sorted(Comparator.comparing(LinuxPauses::height))
                .toList();
        resumeAll(left);
        return left;
    }

    /** To thaw a file system the kernel writes, and that write needs what is beneath. */
    private static int height(String name) {
        if (Names.isCloneDevice(name)) {
            return 0;
        }
        return Names.isLuksDevice(name) ? 2 : 1;
    }

    /** Each is tried, whatever becomes of the others. */
    private void resumeAll(List<String> names) {
        List<SluiceException> failures = new ArrayList<>();
        for (String name : names) {
            try {
                resume.accept(name);
            } catch (SluiceException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private final class Held implements Pause {
        private final List<String> names;
        private final AtomicReference<State> state = new AtomicReference<>(State.HELD);
        private final AtomicReference<Future<?>> watch = new AtomicReference<>();
        /** While it is held nobody resumes. */
        private final ReentrantLock acting = new ReentrantLock();

        private volatile boolean settled;

        Held(List<String> names) {
            this.names = List.copyOf(names);
        }

        void claim() {
            for (String name : names) {
                if (claims.putIfAbsent(name, this) != null) {
                    release();
                    throw new SluiceException(
                            ErrorKind.UNAVAILABLE,
                            name
                                    + " is being suspended by an earlier attempt that the kernel keeps; it is tried again");
                }
            }
        }

        private void release() {
            names.forEach(name -> claims.remove(name, this));
        }

        /** The kernel keeps none of the suspensions any more. */
        void settle() {
            settled = true;
        }

        void watchedBy(Future<?> deadline) {
            watch.set(deadline);
        }

        boolean expired() {
            return state.get() == State.EXPIRED;
        }

        void expire() {
            acting.lock();
            try {
                if (!state.compareAndSet(State.HELD, State.EXPIRED)) {
                    return;
                }
            } finally {
                acting.unlock();
            }
            resume();
        }

        @Override
        public boolean during(Runnable action) {
            acting.lock();
            try {
                if (state.get() != State.HELD) {
                    return false;
                }
                action.run();
                return true;
            } finally {
                acting.unlock();
            }
        }

        @Override
        public boolean end() {
            if (!state.compareAndSet(State.HELD, State.ENDED)) {
                return state.get() == State.ENDED;
            }
            Future<?> deadline = watch.get();
            if (deadline != null) {
                deadline.cancel(false);
            }
            resume();
            return true;
        }

        /** The lower first: what the upper lets go may need it. */
        void resume() {
            current.remove(this);
            boolean last = settled;
            try {
                resumeAll(names.reversed());
            } finally {
                if (last) {
                    release();
                }
            }
        }
    }
}
