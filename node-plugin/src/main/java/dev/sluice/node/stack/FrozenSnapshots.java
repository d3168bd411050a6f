package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.EncryptionTag;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Thin snapshots of volumes that are mounted. LVM suspends the logical volume, of which the file system above it knows nothing; so the device
 * it is mounted from is suspended for the time of the command, which freezes it: what was written before is in the snapshot, complete.
 */
final class FrozenSnapshots {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Host host;

    FrozenSnapshots(Host host) {
        this.host = host;
    }

    /**
     * Takes a snapshot of a source that is whole; false, and nothing is made, when no file system of it is mounted: a thin snapshot is of one
     * instant by itself. The caller holds the source's lock, or its device could be resumed by another, and has found no complete copy.
     *
     * @param source the volume
     * @param from its copy on this node
     * @param marks further tags of the snapshot
     */
    boolean take(String source, LogicalVolume from, String id, long epoch, Set<String> marks) {
        Optional<MountedSource> mounted = MountedSource.find(host, source);
        if (mounted.isEmpty()) {
            return false;
        }
        mounted.get().checkpoint();
        // A pod waits in the pause, and should not for the commands of others.
        LogicalVolume taken = host.pools()
                .undisturbed(
                        () -> cut(source, from, id, epoch, marks, List.of(), () -> required(from.volumeGroup(), id)));
        CopyTags tags = CopyTags.of(taken);
        host.logicalVolumes()
                .retag(taken, tags.print(), tags.withState(CopyState.LINEAR).print());
        return true;
    }

    /**
     * Takes a snapshot, tagged as one in the making, while these devices are suspended, and above them the one a file system is mounted from.
     * It fails when the deadline came before the end; what is there then is thrown away by whoever takes it anew.
     *
     * @param devices the upper before the lower
     * @param look what else has to be of the same instant
     */
    <T> T cut(
            String source,
            LogicalVolume from,
            String id,
            long epoch,
            Set<String> marks,
            List<String> devices,
            Supplier<T> look) {
        Set<String> tags = new HashSet<>(marks);
        tags.addAll(CopyTags.plain(epoch, CopyState.TAKING).print());
        if (EncryptionTag.isOn(from)) {
            tags = EncryptionTag.addTo(tags);
        }
        LogicalVolumeRequest request = new LogicalVolumeRequest.ThinSnapshot(from.volumeGroup(), from.name(), id, tags);
        Set<String> suspended = new LinkedHashSet<>();
        MountedSource.find(host, source).map(MountedSource::device).ifPresent(suspended::add);
        suspended.addAll(devices);
        try (Pauses.Pause pause = host.pauses().suspend(List.copyOf(suspended), DEADLINE)) {
            host.logicalVolumes().ensure(request);
            T seen = look.get();
            if (!pause.end()) {
                throw new SluiceException(
                        ErrorKind.UNAVAILABLE,
                        "the snapshot of " + source + " took longer than " + DEADLINE.toSeconds()
                                + " s, for which its I/O may be held; it is taken anew");
            }
            return seen;
        }
    }

    private LogicalVolume required(String group, String name) {
        return host.logicalVolumes()
                .find(group, name)
                .orElseThrow(() ->
                        new SluiceException(ErrorKind.HOST, "logical volume " + group + "/" + name + " is not there"));
    }
}
