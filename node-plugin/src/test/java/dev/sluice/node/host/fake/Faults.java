package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Journal of the calls on one host, and the switches that make them fail. A call is named Port.method object. */
public final class Faults {
    private record Planned(String call, Runnable event) {}

    private final ReentrantLock lock;
    private final List<String> journal = new ArrayList<>();
    private final List<Planned> planned = new ArrayList<>();
    private Runnable onCall = () -> {};
    private int countdown;
    private boolean afterEffect;
    private boolean off;

    Faults(ReentrantLock lock) {
        this.lock = lock;
    }

    /** The n-th mutating call from now (1 is the next) ends the process before it takes effect. */
    public void cutBefore(int n) {
        plan(n, false);
    }

    /** The n-th mutating call from now (1 is the next) ends the process after it took effect. */
    public void cutAfter(int n) {
        plan(n, true);
    }

    /** The next call whose journal line starts so fails, without effect. Repeat it for more than one. */
    public void failNext(String call, SluiceException failure) {
        before(call, () -> {
            throw failure;
        });
    }

    /** Something happens just before the next call whose journal line starts so takes effect. */
    public void before(String call, Runnable event) {
        locked(() -> planned.add(new Planned(call, event)));
    }

    /** Runs before and after each mutating call: what the rest of the machine does meanwhile. */
    public void meanwhile(Runnable action) {
        locked(() -> onCall = action);
    }

    /** Mutating calls so far, failed ones too. */
    public List<String> journal() {
        return locked(() -> List.copyOf(journal));
    }

    /** Forgets switches and journal. */
    public void clear() {
        locked(() -> {
            journal.clear();
            planned.clear();
            countdown = 0;
            off = false;
            return true;
        });
    }

    /** No cut is planned any more. */
    public void calm() {
        locked(() -> {
            planned.clear();
            countdown = 0;
            off = false;
            return true;
        });
    }

    void on() {
        off = false;
        countdown = 0;
    }

    private void plan(int n, boolean after) {
        locked(() -> {
            countdown = n;
            afterEffect = after;
            return n;
        });
    }

    <T> T look(String call, Supplier<T> effect) {
        return look(call, "", effect);
    }

    /** Looks are many: the name of one is put together only where it is needed. */
    <T> T look(String method, String object, Supplier<T> effect) {
        lock.lock();
        try {
            if (off || !planned.isEmpty()) {
                requireOn(method + object);
                meetPlanned(method + object);
            }
            return effect.get();
        } catch (IoError e) {
            throw failure(method + object, e);
        } finally {
            lock.unlock();
        }
    }

    <T> T mutate(String call, Supplier<T> effect) {
        return locked(() -> {
            requireOn(call);
            journal.add(call);
            onCall.run();
            boolean cut = countdown > 0 && --countdown == 0;
            if (cut && !afterEffect) {
                off = true;
                throw new PowerCut("before " + call);
            }
            T result = run(call, effect);
            onCall.run();
            if (cut) {
                off = true;
                throw new PowerCut("after " + call);
            }
            return result;
        });
    }

    void mutate(String call, Runnable effect) {
        mutate(call, () -> {
            effect.run();
            return true;
        });
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private void requireOn(String call) {
        if (off) {
            throw new PowerCut("(off) " + call);
        }
    }

    private <T> T run(String call, Supplier<T> effect) {
        meetPlanned(call);
        try {
            return effect.get();
        } catch (IoError e) {
            throw failure(call, e);
        }
    }

    private static SluiceException failure(String call, IoError e) {
        return new SluiceException(ErrorKind.HOST, call + ": " + e.getMessage(), e);
    }

    private void meetPlanned(String call) {
        for (Iterator<Planned> each = planned.iterator(); each.hasNext(); ) {
            Planned plan = each.next();
            if (call.startsWith(plan.call())) {
                each.remove();
                plan.event().run();
                return;
            }
        }
    }
}
