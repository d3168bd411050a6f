package dev.sluice.node.stack;

import dev.sluice.api.Allocation;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Encryption;
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
import dev.sluice.node.clone.UsedMapTag;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.LuksDevice;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.Passphrase;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
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
    private static final Passphrase KEY = new Passphrase("correct horse");
    private static final Chap CHAP = new Chap("client", "secret-one", "server", "secret-two");
    private static final PoolSettings POOL = new PoolSettings("fast", "data", "sluice");

    private final FakeNetwork network = new FakeNetwork();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Stop> stops = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private @Nullable Long regionBytes;
    private boolean retaining;
    private boolean offering = true;
    private boolean mistaken;
    private @Nullable Encryption encryption;
    private boolean telling = true;
    private long nanoTime;
    private PodWrites writes = new PodWrites(BLOCKS);
    /** Index of the home; the old one has given the volume up before this grows. */
    private int home;

    /** One machine. */
    private final class Node {
        final FakeHost host;
        final VolumeStacks stacks;
        final EncryptedVolumes volumes;
        final ClosedCopies copies;
        final OfferedDigests digests;
        final OfferedMaps maps;

        Node(int number) {
            host = new FakeHost("n" + number, "10.0.0." + number, network, POOL);
            PoolDirectory pools = new PoolDirectory(List.of(POOL));
            stacks = new VolumeStacks(host.host(), pools);
            volumes = new EncryptedVolumes(host.host(), stacks);
            digests = new OfferedDigests(host.host());
            maps = new OfferedMaps(host.host(), pools, MoveStory.this::later);
            copies = new ClosedCopies(host.host(), stacks, new Exports(host.host(), pools), digests);
        }
    }

    /** One node on the way, at one epoch. */
    static final class Stop {
        final FakeHost host;
        final VolumeStacks stacks;
        final EncryptedVolumes volumes;
        final ClosedCopies copies;
        final OfferedDigests digests;
        final OfferedMaps maps;
        final long epoch;
        private @Nullable Allocation allocated;
        private boolean passedBy;
        private boolean written;
        private boolean released;

        private Stop(Node node, long epoch) {
            this.host = node.host;
            this.stacks = node.stacks;
            this.volumes = node.volumes;
            this.copies = node.copies;
            this.digests = node.digests;
            this.maps = node.maps;
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

    private long later() {
        nanoTime += 10_000_000_000L;
        return nanoTime;
    }

    /** What was used of each copy that is given up is never told. */
    MoveStory withoutMaps() {
        telling = false;
        return this;
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

    /** Number of the node of the last stop. */
    int at() {
        return hosts().indexOf(stops.getLast().host);
    }

    int last() {
        return stops.size() - 1;
    }

    /** The pod went before this node could stack anything: it has its copy, and passes on what it cannot reach yet. */
    MoveStory passingBy(int index) {
        stop(index).passedBy = true;
        return this;
    }

    /** Copies that are whole stay when nobody reads them any more, until {@link #end}. */
    MoveStory retaining() {
        retaining = true;
        return this;
    }

    /** They are ordered, and never come. */
    MoveStory withoutDigests() {
        offering = false;
        return this;
    }

    /** The node that returns takes them for those of another export. */
    MoveStory mistaken() {
        mistaken = true;
        return this;
    }

    /** The pods' bytes are below a LUKS layer, and its header before them. */
    MoveStory encrypted() {
        encryption = new Encryption(false);
        return this;
    }

    private long deviceBytes() {
        return encryption == null ? SIZE : SIZE + Encryption.HEADER_BYTES;
    }

    /** What the pod of a stop uses; opened, and formatted before it is first used. */
    private BlockDevice podDevice(Stop stop) {
        return encryption == null
                ? stop.stacks.device(VOLUME)
                : stop.volumes.open(VOLUME, new VolumeContent(encryption, "ext4", List.of()), KEY);
    }

    /** A bit of the hashes of what this stop serves flips. */
    void damageDigests(int index) {
        Stop stop = stop(index);
        serve(index);
        stop.copies.offerDigests(exportOrder(index), stop.epoch + 1, uid(stop.epoch + 1), deviceBytes());
        stop.digests.work();
        BlockDevice list = stop.host
                .host()
                .logicalVolumes()
                .find("data", Names.digestVolume(stop.copy()))
                .orElseThrow()
                .active();
        stop.host.write(Objects.requireNonNull(list), 1, 7);
    }

    private static String uid(long epoch) {
        return "uid of " + Names.export(VOLUME, epoch);
    }

    MoveStory inRegionsOf(long bytes) {
        regionBytes = bytes;
        return this;
    }

    /** What else the pods do, on whatever node the volume is, while anything is done there. */
    MoveStory writing(PodWrites pods) {
        writes = pods;
        nodes.forEach(node -> node.host.faults().meanwhile(() -> meanwhile(node)));
        return this;
    }

    private void meanwhile(Node node) {
        Stop stop = stop(home);
        if (stop.host == node.host && stop.written && isMounted(node.host)) {
            Optional<BlockDevice> device = encryption == null
                    ? node.host
                            .host()
                            .deviceMapper()
                            .find(Names.outerDevice(VOLUME))
                            .map(MappedDevice::device)
                    : node.host.host().luks().find(Names.luksDevice(VOLUME)).map(LuksDevice::device);
            device.ifPresent(open -> writes.meanwhile(node.host, open));
        }
    }

    private static boolean isMounted(FakeHost host) {
        return host.host().mounts().list().stream()
                .anyMatch(mount -> Path.of(mount.path()).equals(MOUNT));
    }

    /** Nothing is retained any more. */
    void end() {
        retaining = false;
        settle();
    }

    long reusedRegions(int index) {
        return stop(index).stacks.reusedRegions(VOLUME, stop(index).epoch);
    }

    /** Regions that were never used where the volume came from; zero once the copy is gone. */
    long skippedByMap(int index) {
        return stop(index)
                .host
                .host()
                .logicalVolumes()
                .find("data", stop(index).copy())
                .map(copy -> UsedMapTag.regions(copy).orElse(0))
                .orElse(0L);
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
            if (!retaining || !isWhole(index) || index < home - 4) {
                release(index);
            }
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
        ExportFacts facts = stop.copies.serve(exportOrder(index), stop.epoch + 1, upstream);
        return new IscsiLogin(facts.portal(), facts.iqn(), facts.serial(), facts.sizeBytes(), CHAP);
    }

    private ExportOrder exportOrder(int index) {
        Stop stop = stop(index);
        return new ExportOrder(
                Names.export(VOLUME, stop.epoch + 1),
                "fast",
                VOLUME,
                stop(index + 1).host.initiatorName(),
                stop.host.portal(),
                CHAP);
    }

    /** Ordered where the node was left before, and something is still there. */
    private VolumeOrder.@Nullable Digests digests(int index, @Nullable IscsiLogin login) {
        Stop stop = stop(index);
        boolean back = stops.subList(0, index).stream()
                .anyMatch(earlier -> earlier.host == stop.host && earlier.allocated != null && !earlier.released);
        if (!back) {
            return null;
        }
        String export = Names.export(VOLUME, stop.epoch);
        String name = Names.digestExport(export);
        OptionalLong bytes = login == null || !offering
                ? OptionalLong.empty()
                : stop(index - 1)
                        .copies
                        .offerDigests(exportOrder(index - 1), stop.epoch, uid(stop.epoch), deviceBytes());
        return new VolumeOrder.Digests(
                mistaken ? "another" : uid(stop.epoch),
                login == null || bytes.isEmpty()
                        ? null
                        : new IscsiLogin(login.portal(), Names.targetIqn(name), name, bytes.getAsLong(), CHAP));
    }

    private VolumeOrder.@Nullable UsedMapOffer usedMap(int index, @Nullable IscsiLogin login) {
        if (login == null || !telling) {
            return null;
        }
        Stop left = stop(index - 1);
        String export = Names.export(VOLUME, left.epoch + 1);
        return new VolumeOrder.UsedMapOffer(
                uid(left.epoch + 1),
                login.sizeBytes(),
                left.maps
                        .offer(new OfferedMaps.Served(
                                export,
                                "fast",
                                VOLUME,
                                left.copy(),
                                uid(left.epoch + 1),
                                left.epoch + 1,
                                login.sizeBytes()))
                        .orElse(null));
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
        BlockDevice device = podDevice(stop);
        stop.host.host().mounts().ensure(device, MOUNT, "ext4", List.of());
        if (!stop.written) {
            // What was never written below a LUKS layer shows no zeros, but whatever its key makes of them.
            for (long block = 1; index == 0 && encryption != null && block < BLOCKS; block++) {
                writes.write(stop.host, device, block, 1);
            }
            for (long block = first(index); block < first(index) + 50; block++) {
                writes.write(stop.host, device, block, value(index));
            }
            writes.write(stop.host, device, BLOCKS - 1, value(index));
            writes.some(stop.host, device);
            stop.host.fsync(device);
            stop.written = true;
        }
    }

    void leave(int index) {
        stop(index).host.host().mounts().remove(MOUNT);
        if (encryption != null) {
            stop(index).volumes.close(VOLUME);
        }
    }

    private void hydrate() {
        if (home == 0) {
            return;
        }
        Stop stop = stop(home);
        if (!isWhole(home)) {
            IscsiLogin login = serve(home - 1);
            Hydration hydration = new Hydration(stop.stacks, stop.host.host(), Runnable::run, order(home, login), now);
            for (int looks = 0; looks < 120 && !isWhole(home); looks++) {
                now = now.plusSeconds(1);
                stop(home - 1).digests.work();
                stop(home - 1).maps.work();
                hydration.update(order(home, login));
                hydration.look(now);
                if (stop.host
                        .host()
                        .deviceMapper()
                        .find(Names.cloneDevice(stop.copy()))
                        .isPresent()) {
                    stop.host.hydrate(Names.cloneDevice(stop.copy()), regionBytes == null ? 64 : 640);
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
            List<String> expected = node.host == last.host ? used(last) : List.of();
            if (!node.host.leftovers().equals(expected)) {
                throw new AssertionError(node.host.name() + " has " + node.host.leftovers());
            }
        }
        for (int index = 0; index <= home; index++) {
            if (!stop(index).passedBy && !stop(index).written) {
                throw new AssertionError("no pod was on stop " + index);
            }
        }
        verifyContent();
    }

    private List<String> used(Stop last) {
        List<String> used = new ArrayList<>(List.of("lv " + last.copy(), "dm " + Names.outerDevice(VOLUME)));
        if (encryption != null) {
            used.add("luks " + Names.luksDevice(VOLUME));
        }
        used.add("mount " + MOUNT);
        return used;
    }

    /** The same while copies are left elsewhere. */
    void verifyContent() {
        Stop last = stop(home);
        writes.verify(last.host, podDevice(last));
    }

    private static long first(int index) {
        return 100L * (index % 8 + 1);
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
                new HydrationSettings(false, null, 0, regionBytes),
                DesiredState.PRESENT,
                null,
                encryption);
        VolumeOrder.Digests digests = digests(index, login);
        return new VolumeOrder(
                VOLUME, spec, stop.allocated, login, digests, digests == null ? usedMap(index, login) : null);
    }
}
