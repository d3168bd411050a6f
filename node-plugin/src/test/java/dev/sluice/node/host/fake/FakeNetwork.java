package dev.sluice.node.host.fake;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The wire between fake hosts. One lock for all of them: a read on one host may end on another. */
public final class FakeNetwork {
    final ReentrantLock lock = new ReentrantLock();
    /** Blocks with more in them than a number, by the number that stands for them; the same content has the same everywhere. */
    final Map<Long, byte[]> contents = new HashMap<>();

    /** By where their targets listen. */
    private final Map<String, FakeHost> hosts = new LinkedHashMap<>();

    private final Set<Set<String>> cuts = new HashSet<>();

    void join(FakeHost host) {
        hosts.put(host.portal(), host);
    }

    /** Nothing passes between the two until healed. */
    public void cut(FakeHost one, FakeHost other) {
        lock.lock();
        try {
            cuts.add(Set.of(one.address(), other.address()));
        } finally {
            lock.unlock();
        }
    }

    public void heal() {
        lock.lock();
        try {
            cuts.clear();
        } finally {
            lock.unlock();
        }
    }

    Optional<FakeHost> reach(FakeHost from, String portal) {
        FakeHost to = hosts.get(portal);
        if (to == null || !to.isUp()) {
            return Optional.empty();
        }
        boolean cut = to != from && !cuts.isEmpty() && cuts.contains(Set.of(from.address(), to.address()));
        return cut ? Optional.empty() : Optional.of(to);
    }
}
