package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a volume larger, and changes how it is hydrated. */
public final class VolumeChanges {
    private final Registry registry;
    private final VolumeQueries queries;
    private final Removal removal;
    private final RetainedCopies retained;

    VolumeChanges(Registry registry, VolumeQueries queries, Removal removal, RetainedCopies retained) {
        this.registry = registry;
        this.queries = queries;
        this.removal = removal;
        this.retained = retained;
    }

    /** What ControllerModifyVolume may change; null leaves a setting as it is. */
    public record Tuning(
            @Nullable Long maxBytesPerSecond,
            @Nullable Long minBytesPerSecond,
            @Nullable Integer latencyBudget,
            @Nullable Integer priority) {
        public HydrationSettings applyTo(HydrationSettings settings) {
            Long most = maxBytesPerSecond == null ? settings.maxBytesPerSecond() : maxBytesPerSecond;
            Long least = minBytesPerSecond == null ? settings.minBytesPerSecond() : minBytesPerSecond;
            if (most != null && least != null && least > most) {
                throw new SluiceException(
                        ErrorKind.INVALID, "minBytesPerSecond " + least + " is above maxBytesPerSecond " + most);
            }
            Integer budget = latencyBudget == null ? settings.latencyBudget() : latencyBudget;
            int rank = priority == null ? settings.priority() : priority;
            return settings.within(least, budget).steered(settings.paused(), most, rank);
        }
    }

    /** Returns the volume at its new size, or as it is when it is that large already. */
    public Stored<VolumeSpec, VolumeStatus> expand(String id, SizeRange range, Deadline deadline) {
        Stored<VolumeSpec, VolumeStatus> volume = queries.get(id);
        long size = bytes(volume);
        if (range.limitBytes() > 0 && range.limitBytes() < size) {
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "volume " + id + " has " + size + " bytes and never shrinks; the limit is " + range.limitBytes());
        }
        if (range.requiredBytes() <= size) {
            return recovered(volume, size);
        }
        long wanted = range.choose(0);
        if (volume.spec().sizeBytes() == wanted) {
            return awaitSize(volume, wanted, null, deadline);
        }
        refuseWithoutRoom(volume, wanted - size);
        order(volume, wanted);
        // What the node says until it has looked again is its answer to an earlier size.
        return awaitSize(volume, wanted, volume.status(), deadline);
    }

    /** Bytes that a pod can rely on now. */
    public static long bytes(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeStatus status = volume.status();
        Long size = status == null ? null : status.sizeBytes();
        return size == null ? volume.spec().sizeBytes() : size;
    }

    public void modify(String id, Tuning tuning) {
        Stored<VolumeSpec, VolumeStatus> volume = queries.get(id);
        HydrationSettings settings = tuning.applyTo(volume.spec().hydration());
        // The CloneHydration first: the volume follows it, and would take back what was written only here.
        tuneHydration(volume, settings);
        registry.volumes().change(id, spec -> spec.withHydration(settings));
    }

    private void tuneHydration(Stored<VolumeSpec, VolumeStatus> volume, HydrationSettings settings) {
        ClaimReference claim = volume.spec().claim();
        if (claim == null || volume.spec().origin() == null) {
            return;
        }
        registry.hydrations()
                .find(HydrationPlan.key(claim))
                .filter(each -> each.spec().volumeUid().equals(volume.uid()))
                .ifPresent(each -> registry.hydrations().change(each.key(), spec -> tuned(spec, settings)));
    }

    private static CloneHydrationSpec tuned(CloneHydrationSpec spec, HydrationSettings settings) {
        return new CloneHydrationSpec(
                spec.volume(),
                spec.volumeUid(),
                spec.epoch(),
                spec.node(),
                spec.paused(),
                settings.maxBytesPerSecond(),
                settings.priority());
    }

    // That the node reports meanwhile is no reason to give up; that someone else orders another size is.
    private void order(Stored<VolumeSpec, VolumeStatus> volume, long bytes) {
        long seen = volume.spec().sizeBytes();
        registry.volumes().change(volume.key(), spec -> {
            if (spec.sizeBytes() != seen) {
                throw new SluiceException(
                        ErrorKind.BUSY, "the size of volume " + volume.key() + " was changed meanwhile; retry");
            }
            return spec.withSize(bytes);
        });
    }

    // After a failed expansion Kubernetes asks for less again: what was never reached is taken back.
    private Stored<VolumeSpec, VolumeStatus> recovered(Stored<VolumeSpec, VolumeStatus> volume, long size) {
        if (volume.spec().sizeBytes() > size) {
            order(volume, size);
        }
        return volume;
    }

    // Not NO_SPACE: external-resizer would think it may still be going on, and never let a user ask for less.
    private void refuseWithoutRoom(Stored<VolumeSpec, VolumeStatus> volume, long growth) {
        String home = volume.spec().home();
        NodeView node = registry.nodes()
                .find(home)
                .filter(NodeView::alive)
                .orElseThrow(() -> removal.stillWorking(home, "the expansion of volume " + volume.key()));
        long room = NodeChoice.room(node, volume.spec().pool());
        if (room < growth) {
            retained.makeRoom(List.of(home));
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "volume " + volume.key() + " cannot grow by " + growth + " bytes: pool "
                            + volume.spec().pool() + " of node " + home + " has " + room + " free");
        }
    }

    private Stored<VolumeSpec, VolumeStatus> awaitSize(
            Stored<VolumeSpec, VolumeStatus> volume, long wanted, @Nullable VolumeStatus before, Deadline deadline) {
        Stored<VolumeSpec, VolumeStatus> last = registry.volumes()
                .await(volume.key(), seen -> isSettled(seen, wanted, before), deadline.left())
                .filter(each -> each.spec().state() == DesiredState.PRESENT)
                .orElseThrow(() -> VolumeQueries.missing(volume.key()));
        VolumeStatus status = last.status();
        if (status != null && hasSize(status, wanted)) {
            return last;
        }
        if (status != null && isRefused(status, before)) {
            order(last, bytes(last));
            throw new SluiceException(
                    ErrorKind.OUT_OF_RANGE,
                    "volume " + volume.key() + " cannot grow to " + wanted + " bytes: " + status.message());
        }
        throw removal.stillWorking(last.spec().home(), "the expansion of volume " + volume.key());
    }

    private static boolean isSettled(
            Optional<Stored<VolumeSpec, VolumeStatus>> seen, long wanted, @Nullable VolumeStatus before) {
        if (seen.isEmpty() || seen.get().spec().state() == DesiredState.ABSENT) {
            return true;
        }
        VolumeStatus status = seen.get().status();
        return status != null && (hasSize(status, wanted) || isRefused(status, before));
    }

    private static boolean hasSize(VolumeStatus status, long wanted) {
        Long size = status.sizeBytes();
        return size != null && size >= wanted;
    }

    private static boolean isRefused(VolumeStatus status, @Nullable VolumeStatus before) {
        return "NoSpace".equals(status.reason()) && !status.equals(before);
    }
}
