package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A volume that goes from node to node with its pod, which writes on each; it may come back. Each part is idempotent, so that it can be cut
 * and told again.
 */
final class MoveStory {
    static final long SIZE = 8L << 20;
    static final long BLOCKS = SIZE / FakeHost.BLOCK;
    static final String VOLUME = Names.volumeId("data");
    private static final Path MOUNT = Path.of("/staging");
    private static final Chap CHAP = new Chap("client", "secret-one", "server", "secret-two");
    private static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");

    private final FakeNetwork network = new FakeNetwork();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Stop> stops = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    /** Index of the home; the old one has given the volume up before this grows. */
    private int home;

    /** One machine. */
    private final class Node {
        final FakeHost host;
        final VolumeStacks stacks;
        final ClosedCopies copies;

        Node(int number) {
            host = new FakeHost("n" + number, "10.0.0." + number, network, POOL);
            PoolDirectory pools = new PoolDirectory(List.of(POOL));
            stacks = new VolumeStacks(host.host(), pools);
            copies = new ClosedCopies(host.host(), stacks, new Exports(host.host(), pools));
        }
    }

    /** One node on the way, at one epoch. */
    static final class Stop {
        final FakeHost host;
        final VolumeStacks stacks;
        final ClosedCopies copies;
        final long epoch;
        private @Nullable Allocation allocated;
        private boolean passedBy;
        private boolean written;
        private boolean released;

        private Stop(Node node, long epoch) {
            this.host = node.host;
            this.stacks = node.stacks;
            this.copies = node.copies;
            this.epoch = epoch;
        }

        String copy() {
            return Names.copy(VOLUME, epoch);
        }

        /** What the next home reads. */
        BlockDevice served() {
            return host.host()
                    .deviceMapper()
                    .find(Names.exportDevice(Names.export(VOLUME, epoch + 1)))
                    .orElseThrow()
                    .device();
        }
    }

    /** @param way numbers of the nodes, from 0 */
    MoveStory(List<Integer> way) {
        way.forEach(this::andTo);
    }

    /** One more stop. */
    MoveStory andTo(int node) {
        while (nodes.size() <= node) {
            nodes.add(new Node(nodes.size() + 1));
        }
        stops.add(new Stop(nodes.get(node), stops.size() + 1));
        return this;
    }

    /** The pod went before this node could stack anything: it has its copy, and passes on what it cannot reach yet. */
    MoveStory passingBy(int index) {
        stop(index).passedBy = true;
        return this;
    }

    List<FakeHost> hosts() {
        return nodes.stream().map(node -> node.host).toList();
    }

    Stop stop(int index) {
        return stops.get(index);
    }

    /** From nothing, or from wherever a cut left it, to the last node, hydrated, with nothing left elsewhere. */
    void tell() {
        go();
        settle();
    }

    /** The same, to the last node only. */
    void go() {
        // A node that has given the volume up is not told to bring it up: the order to leave stands until the home is
        // another.
        if (home < stops.size() - 1
                && stop(home).copies.find(VOLUME, stop(home).epoch + 1).isPresent()) {
            home++;
        }
        for (int index = home; index < stops.size(); index++) {
            arrive(index);
            if (stop(index).passedBy) {
                allocate(index);
                continue;
            }
            bring(index);
            pod(index);
            if (index < stops.size() - 1) {
                leave(index);
            }
        }
    }

    /** The last home becomes whole, and what was left goes, the last first. */
    void settle() {
        hydrate();
        for (int index = home - 1; index >= 0; index--) {
            release(index);
        }
    }

    private void arrive(int index) {
        if (index > home) {
            close(index - 1);
            home = index;
        }
    }

    Optional<ClosedCopies.ClosedCopy> close(int index) {
        Stop stop = stop(index);
        return stop.copies.close(VOLUME, "fast", stop.epoch + 1, "next", () -> true);
    }

    private void allocate(int index) {
        Stop stop = stop(index);
        VolumeOutcome outcome = stop.stacks.bring(order(index, null), early -> stop.allocated = early.allocated());
        stop.allocated = outcome.allocated();
        if (outcome.phase() != VolumePhase.ALLOCATED) {
            throw new AssertionError("made without its origin: " + outcome);
        }
    }

    VolumeOutcome bring(int index) {
        Stop stop = stop(index);
        IscsiLogin login = index == 0 || isWhole(index) ? null : serve(index - 1);
        VolumeOutcome outcome = stop.stacks.bring(order(index, login), early -> stop.allocated = early.allocated());
        stop.allocated = outcome.allocated();
        if (outcome.phase() != VolumePhase.READY) {
            throw new AssertionError("not ready on " + stop.host.name() + ": " + outcome);
        }
        return outcome;
    }

    /** What was given up is served from its whole stack, and so on to the first. */
    IscsiLogin serve(int index) {
        Stop stop = stop(index);
        String export = Names.export(VOLUME, stop.epoch + 1);
        IscsiLogin upstream = index == 0 || isWhole(index) ? null : serve(index - 1);
        ExportFacts facts = stop.copies.serve(
                new ExportOrder(export, "fast", VOLUME, stop(index + 1).host.initiatorName(), stop.host.portal(), CHAP),
                stop.epoch + 1,
                upstream);
        return new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
    }

    private boolean isWhole(int index) {
        return stop(index)
                .host
                .host()
                .logicalVolumes()
                .find("data", stop(index).copy())
                .map(CopyTags::of)
                .filter(tags -> tags.state() == CopyState.LINEAR)
                .isPresent();
    }

    /** Mounts, and writes a block of its own and one that each pod writes, acknowledged by fsync. */
    void pod(int index) {
        Stop stop = stop(index);
        stop.host.host().mounts().ensure(stop.stacks.device(VOLUME), MOUNT, "ext4", List.of());
        if (!stop.written) {
            for (long block = first(index); block < first(index) + 50; block++) {
                stop.host.write(stop.stacks.device(VOLUME), block, value(index));
            }
            stop.host.write(stop.stacks.device(VOLUME), BLOCKS - 1, value(index));
            stop.host.fsync(stop.stacks.device(VOLUME));
            stop.written = true;
        }
    }

    void leave(int index) {
        stop(index).host.host().mounts().remove(MOUNT);
    }

    private void hydrate() {
        if (home == 0) {
            return;
        }
        Stop stop = stop(home);
        if (!isWhole(home)) {
            Hydration hydration =
                    new Hydration(stop.stacks, stop.host.host(), Runnable::run, order(home, serve(home - 1)), now);
            for (int looks = 0; looks < 40 && !isWhole(home); looks++) {
                now = now.plusSeconds(1);
                hydration.look(now);
                if (stop.host
                        .host()
                        .deviceMapper()
                        .find(Names.cloneDevice(stop.copy()))
                        .isPresent()) {
                    stop.host.hydrate(Names.cloneDevice(stop.copy()), 64);
                }
            }
        }
        if (!isWhole(home)) {
            throw new AssertionError("not hydrated on " + stop.host.name());
        }
        bring(home);
    }

    private void release(int index) {
        Stop stop = stop(index);
        if (stop.allocated != null && !stop.released) {
            stop.copies.release(
                    Names.export(VOLUME, stop.epoch + 1), VOLUME, "fast", stop.epoch + 1, stop.allocated.lvUuid());
            stop.released = true;
        }
    }

    /** Every write that was acknowledged is there, on the last home; nothing is left anywhere else. */
    void verify() {
        Stop last = stop(home);
        for (Node node : nodes) {
            List<String> expected = node.host == last.host
                    ? List.of("lv " + last.copy(), "dm " + Names.outerDevice(VOLUME), "mount " + MOUNT)
                    : List.of();
            if (!node.host.leftovers().equals(expected)) {
                throw new AssertionError(node.host.name() + " has " + node.host.leftovers());
            }
        }
        for (int index = 0; index <= home; index++) {
            if (!stop(index).passedBy && !stop(index).written) {
                throw new AssertionError("no pod was on stop " + index);
            }
            if (stop(index).passedBy) {
                continue;
            }
            for (long block = first(index); block < first(index) + 50; block++) {
                require(last, block, value(index));
            }
        }
        require(last, BLOCKS - 1, value(home));
    }

    private static void require(Stop stop, long block, long value) {
        long found = stop.host.read(stop.stacks.device(VOLUME), block);
        if (found != value) {
            throw new AssertionError("block " + block + " shows " + found + ", " + value + " was acknowledged");
        }
    }

    private static long first(int index) {
        return 100L * (index + 1);
    }

    private static long value(int index) {
        return 1000 + index;
    }

    VolumeOrder order(int index, @Nullable IscsiLogin login) {
        Stop stop = stop(index);
        Origin origin = index == 0
                ? null
                : new Origin(
                        OriginKind.NODE,
                        stop(index - 1).host.name(),
                        stop(index - 1).host.name(),
                        null,
                        SIZE);
        VolumeSpec spec = new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.FOLLOW,
                stop.host.name(),
                null,
                stop.epoch,
                origin,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT);
        return new VolumeOrder(VOLUME, spec, stop.allocated, login);
    }
}
