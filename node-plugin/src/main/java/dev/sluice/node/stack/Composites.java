package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.OlderCopyTag;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes copies of volumes that are still hydrating: a thin snapshot of the data and a copy of the engine's bitmap, both of one instant in
 * which nothing is written. The copy is stacked on its own over the same origin.
 */
final class Composites {
    private final Host host;
    private final FrozenSnapshots snapshots;
    private final Set<String> quiet = ConcurrentHashMap.newKeySet();

    Composites(Host host, FrozenSnapshots snapshots) {
        this.host = host;
        this.snapshots = snapshots;
    }

    /** True while background copying of this volume must not be switched on: its engine is about to be suspended. */
    boolean isQuiet(String id) {
        return quiet.contains(id);
    }

    /** What is there of a copy when it was taken completely; what a crash left of one in the making is thrown away. */
    Optional<LogicalVolume> findComplete(String group, String id) {
        Optional<LogicalVolume> found = host.logicalVolumes().find(group, id);
        boolean unfinished = found.flatMap(CopyTags::find).map(CopyTags::state).orElse(null) == CopyState.TAKING;
        if (!unfinished) {
            return found;
        }
        host.logicalVolumes().remove(group, found.orElseThrow().uuid());
        return Optional.empty();
    }

    /** True when the source hydrates, so that a copy of it needs its bitmap too. */
    boolean isHydrating(LogicalVolume source) {
        return CopyTags.find(source).map(CopyTags::state).orElse(null) == CopyState.EXPOSED;
    }

    /**
     * Takes the copy. The caller holds the source's lock, has found no complete copy, and knows that the source hydrates.
     *
     * @param source the volume
     * @param from its copy on this node
     * @param marks further tags of the copy
     */
    void take(String source, LogicalVolume from, String id, long epoch, Set<String> marks) {
        String group = from.volumeGroup();
        String engine = Names.cloneDevice(from.name());
        CopyTags tags = CopyTags.of(from);
        quiet.add(source);
        try {
            requireReachable(source, tags, engine);
            host.deviceMapper().message(engine, "disable_hydration");
            LogicalVolume metadata = required(group, Names.metadataVolume(from.name()));
            // Before the pause, as everything that can be: a pod waits in it.
            LogicalVolume to = host.logicalVolumes()
                    .ensure(new LogicalVolumeRequest.Plain(
                            group, Names.metadataVolume(id), metadata.sizeBytes(), Set.of("sluice.metadata-of=" + id)));
            requireAnswer(source, tags.epoch());
            MountedSource.find(host, source).ifPresent(MountedSource::checkpoint);
            requireAnswer(source, tags.epoch());
            Instant taken = snapshots.cut(
                    source,
                    from,
                    id,
                    epoch,
                    with(marks, from),
                    tags.isClosed() ? List.of(engine) : List.of(Names.outerDevice(source), engine),
                    () -> look(metadata, engine));
            // A commit that failed in the pause left an older bitmap on the disk than the data is of.
            working(engine);
            host.blockDevices().write(device(to), taken.bitmap());
            LogicalVolume copy = required(group, id);
            CopyTags complete =
                    new CopyTags(epoch, CopyState.EXPOSED, tags.originBytes(), tags.regionBytes(), taken.regions());
            host.logicalVolumes().retag(copy, CopyTags.of(copy).print(), complete.print());
        } finally {
            quiet.remove(source);
        }
    }

    private static Set<String> with(Set<String> marks, LogicalVolume from) {
        Set<String> all = new LinkedHashSet<>(marks);
        all.addAll(OlderCopyTag.carriedFrom(from));
        return all;
    }

    /** What was seen in the pause. */
    private record Instant(byte[] bitmap, long regions) {}

    private Instant look(LogicalVolume metadata, String engine) {
        byte[] bitmap = host.blockDevices().read(device(metadata), Math.toIntExact(metadata.sizeBytes()));
        return new Instant(bitmap, working(engine).hydratedRegions());
    }

    // A suspension waits for what is in flight: with a dead origin, for as long as that is dead.
    private void requireReachable(String source, CopyTags tags, String engine) {
        boolean above = tags.isClosed()
                || host.deviceMapper().find(Names.outerDevice(source)).isPresent();
        boolean stacked = above
                && host.deviceMapper()
                        .find(engine)
                        .filter(found -> !found.table().isEmpty())
                        .isPresent();
        if (!stacked) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE, "the source " + source + " is still being stacked; ask again");
        }
        boolean connected = Sessions.ofCopy(host, source, tags.epoch())
                .filter(session -> session.disk() != null)
                .map(IscsiSession::connected)
                .orElse(false);
        if (!connected) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "the origin of " + source + ", which is still hydrating, cannot be reached; ask again");
        }
        working(engine);
    }

    /**
     * That an origin is away is noticed seconds later, and what is written to the file system meanwhile, or has to be before it is frozen, waits in
     * the kernel until it is back.
     */
    private void requireAnswer(String source, long epoch) {
        new BoundedTask(source).run("a read of the origin", () -> Sessions.probe(host, source, epoch));
    }

    private CloneStatus.Working working(String engine) {
        CloneStatus status = CloneStatus.parse(host.deviceMapper().status(engine, false));
        if (status instanceof CloneStatus.Working working && !working.readOnly()) {
            return working;
        }
        throw new SluiceException(
                ErrorKind.UNAVAILABLE,
                "the engine " + engine + " cannot write its metadata: no copy of it can be trusted");
    }

    private LogicalVolume required(String group, String name) {
        return host.logicalVolumes()
                .find(group, name)
                .orElseThrow(() ->
                        new SluiceException(ErrorKind.HOST, "logical volume " + group + "/" + name + " is not there"));
    }

    private static BlockDevice device(LogicalVolume volume) {
        return volume.device()
                .orElseThrow(() ->
                        new SluiceException(ErrorKind.HOST, "logical volume " + volume.name() + " is not active"));
    }
}
