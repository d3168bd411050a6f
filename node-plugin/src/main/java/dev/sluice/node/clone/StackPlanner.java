package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.MappedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From what is wanted and what is observed to the steps between. The order of the steps is that of docs/protocols.md. */
public final class StackPlanner {
    private final Wanted wanted;
    private final Observed observed;
    private final List<Step> steps = new ArrayList<>();

    private StackPlanner(Wanted wanted, Observed observed) {
        this.wanted = wanted;
        this.observed = observed;
    }

    /** The logical volume that holds the data: made once, then only ever found again. Comes before {@link #stack}. */
    public static List<Step> allocate(Wanted wanted, Observed observed) {
        StackPlanner planner = new StackPlanner(wanted, observed);
        planner.data();
        return planner.steps;
    }

    /**
     * An allocated copy becomes as large as wanted. It never becomes smaller, whatever is wanted: a file system may have grown with it.
     * Comes before {@link #stack}.
     */
    public static List<Step> grow(Wanted wanted, Observed observed) {
        LogicalVolume data = observed.data();
        boolean smaller = data != null && data.sizeBytes() < wanted.sizeBytes();
        return smaller ? List.of(new Step.Extend(wanted.sizeBytes())) : List.of();
    }

    /** Everything above an allocated copy, as large as the copy is. Ends early, without exposing anything, when the origin's export is not ready. */
    public static List<Step> stack(Wanted wanted, Observed observed) {
        StackPlanner planner = new StackPlanner(wanted, observed);
        CopyTags tags = observed.tags()
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "volume " + wanted.id() + " is not allocated"));
        requireOpen(wanted.id(), tags);
        switch (tags.state()) {
            case VIRGIN, LINEAR -> planner.whole(tags);
            case EXPOSED -> planner.hydrating(tags);
            case TAKING ->
                throw new SluiceException(
                        ErrorKind.UNAVAILABLE, wanted.id() + " was not taken completely; it is taken anew");
        }
        return planner.steps;
    }

    /**
     * Gives the copy up for a later epoch: nobody has it open, everything is on the disk, and its tags say that it is never opened again.
     * Cut before the tag, it is still the volume.
     */
    public static List<Step> close(String id, Observed observed, long successor, @Nullable String to) {
        CopyTags tags = observed.tags()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.DATA_LOSS,
                        "the copy of " + id + " that is to be given up for epoch " + successor
                                + " is not on this node; bring the disk back"));
        if (tags.closedFor() == successor) {
            return List.of();
        }
        if (tags.isClosed() || tags.epoch() >= successor) {
            throw new SluiceException(
                    ErrorKind.DATA_LOSS,
                    "the copy of " + id + " on this node is of epoch " + tags.epoch()
                            + (tags.isClosed() ? ", given up for " + tags.closedFor() : "")
                            + "; the order names " + successor + ". It is left alone.");
        }
        if (tags.state() == CopyState.TAKING) {
            throw new SluiceException(ErrorKind.UNAVAILABLE, id + " is still being made on this node");
        }
        List<Step> steps = new ArrayList<>(List.of(new Step.CloseLuks(), new Step.RemoveOuter()));
        if (observed.engine() != null && !observed.engine().table().isEmpty()) {
            steps.add(new Step.StopCopying());
        }
        steps.add(new Step.Flush());
        steps.add(new Step.Retag(tags.closed(successor, to)));
        return steps;
    }

    /**
     * Gives a copy up that nobody goes on with: closed for good, and nothing of it runs. What was closed already stays closed for whom it
     * was.
     */
    public static List<Step> shut(String id, Observed observed, long successor) {
        CopyTags tags = observed.tags().orElseThrow();
        List<Step> steps = new ArrayList<>();
        if (observed.source() != null) {
            // Its origin may be lost: what waits for that would keep the engine.
            steps.add(new Step.FailQueued());
        }
        if (!tags.isClosed()) {
            steps.addAll(close(id, observed, successor, null));
        }
        if (observed.engine() != null) {
            steps.add(new Step.RemoveEngine());
        }
        if (observed.source() != null) {
            steps.add(new Step.RemoveSource());
        }
        if (observed.session() != null) {
            steps.add(new Step.Logout());
        }
        return steps;
    }

    /** What is read of a copy that was given up: itself when it is whole, else its whole stack, read-only. */
    public static List<Step> serve(Wanted wanted, Observed observed) {
        StackPlanner planner = new StackPlanner(wanted, observed);
        LogicalVolume data = Objects.requireNonNull(observed.data(), "only a copy that is there was given up");
        if (data.active() == null) {
            planner.steps.add(new Step.EnsureLogicalVolume(
                    new LogicalVolumeRequest.ThinSnapshot(wanted.volumeGroup(), data.name(), data.name(), Set.of())));
        }
        CopyTags tags = CopyTags.of(data);
        if (tags.state() == CopyState.EXPOSED) {
            planner.hydrating(tags);
        }
        return planner.steps;
    }

    /** Takes everything away, the data last. Only for an explicit order that names the logical volume. */
    public static List<Step> remove(Observed observed) {
        List<Step> steps = new ArrayList<>();
        if (observed.source() != null) {
            steps.add(new Step.FailQueued());
        }
        // The device that pods use is never one of a copy that was given up: it may be that of a later one.
        LogicalVolume data = observed.data();
        boolean closed =
                data != null && CopyTags.find(data).filter(CopyTags::isClosed).isPresent();
        if (!closed) {
            steps.add(new Step.CloseLuks());
            steps.add(new Step.RemoveOuter());
        }
        steps.add(new Step.RemoveEngine());
        steps.add(new Step.RemoveSource());
        if (observed.session() != null) {
            steps.add(new Step.Logout());
        }
        if (observed.metadata() != null) {
            steps.add(new Step.RemoveMetadata(observed.metadata().uuid()));
        }
        if (data != null) {
            steps.add(new Step.RemoveData(data.uuid()));
        }
        return steps;
    }

    private void data() {
        LogicalVolume data = observed.data();
        if (data == null) {
            if (wanted.allocated() != null) {
                throw new SluiceException(
                        ErrorKind.DATA_LOSS,
                        "the logical volume of " + wanted.id() + " (LV UUID "
                                + wanted.allocated().lvUuid()
                                + ") is not on this node any more. Nothing is made in its place; bring the disk back, or restore"
                                + " the volume from a snapshot.");
            }
            if (wanted.remote()) {
                beginMetadata();
            }
            steps.add(new Step.EnsureLogicalVolume(newData()));
            return;
        }
        if (wanted.allocated() != null && !wanted.allocated().lvUuid().equals(data.uuid())) {
            throw new SluiceException(
                    ErrorKind.DATA_LOSS,
                    "logical volume " + data.name() + " has UUID " + data.uuid()
                            + ", but the data of this volume is in "
                            + wanted.allocated().lvUuid() + ". It is left alone.");
        }
        EncryptionTag.require(data, wanted.encrypted());
        CopyTags tags = CopyTags.of(data);
        requireOpen(wanted.id(), tags);
        if (tags.epoch() != wanted.epoch()) {
            throw new SluiceException(
                    tags.epoch() > wanted.epoch() ? ErrorKind.OUTDATED : ErrorKind.DATA_LOSS,
                    "the copy of " + wanted.id() + " on this node is of epoch " + tags.epoch() + ", epoch "
                            + wanted.epoch() + " is wanted. It is left alone.");
        }
        if (data.active() == null) {
            steps.add(new Step.EnsureLogicalVolume(newData()));
        }
    }

    /** Before there is data: once there is, what it says may be the only account of what was written. */
    private void beginMetadata() {
        LogicalVolume left = observed.metadata();
        if (left != null) {
            // Of an attempt that a crash ended, perhaps in another size.
            steps.add(new Step.RemoveMetadata(left.uuid()));
        }
        steps.add(ensureMetadata(wanted.remoteBytes(), wanted.geometry()));
        steps.add(new Step.BeginMetadata());
    }

    private Step ensureMetadata(long originBytes, HydrationGeometry geometry) {
        return new Step.EnsureLogicalVolume(new LogicalVolumeRequest.Plain(
                wanted.volumeGroup(),
                Names.metadataVolume(wanted.copy()),
                geometry.metadataBytes(originBytes),
                Set.of("sluice.metadata-of=" + wanted.copy())));
    }

    private static void requireOpen(String id, CopyTags tags) {
        if (tags.isClosed()) {
            String to = tags.closedTo();
            throw new SluiceException(
                    ErrorKind.OUTDATED,
                    "the copy of " + id + " on this node was given up for epoch " + tags.closedFor()
                            + (to == null ? "" : " to node " + to)
                            + " and is never opened again: the object of the volume does not know that yet, or was"
                            + " restored from a backup");
        }
    }

    private LogicalVolumeRequest newData() {
        String group = wanted.volumeGroup();
        if (wanted.localOrigin() != null) {
            Set<String> tags = printed(CopyTags.plain(wanted.epoch(), CopyState.LINEAR));
            return new LogicalVolumeRequest.ThinSnapshot(group, wanted.localOrigin(), wanted.copy(), tags);
        }
        CopyTags tags;
        if (wanted.remote()) {
            long region = wanted.geometry().regionBytes();
            tags = new CopyTags(wanted.epoch(), CopyState.EXPOSED, wanted.remoteBytes(), region, 0);
        } else {
            boolean bare = wanted.fsType() == null && !wanted.encrypted();
            tags = CopyTags.plain(wanted.epoch(), bare ? CopyState.LINEAR : CopyState.VIRGIN);
        }
        if (wanted.remote() && wanted.olderCopy() != null) {
            Set<String> marked = OlderCopyTag.addTo(printed(tags), wanted.olderCopy());
            return new LogicalVolumeRequest.ThinSnapshot(group, wanted.olderCopy(), wanted.copy(), marked);
        }
        return new LogicalVolumeRequest.Thin(
                group, wanted.thinPool(), wanted.copy(), wanted.sizeBytes(), printed(tags));
    }

    private Set<String> printed(CopyTags tags) {
        return wanted.encrypted() ? EncryptionTag.addTo(tags.print()) : tags.print();
    }

    private void whole(CopyTags tags) {
        if (tags.state() == CopyState.VIRGIN && !wanted.encrypted()) {
            steps.add(new Step.Format(
                    Objects.requireNonNull(wanted.fsType(), "a virgin copy is of a file system volume"),
                    wanted.mkfsOptions()));
            steps.add(new Step.Retag(tags.withState(CopyState.LINEAR)));
        }
        LogicalVolume data = Objects.requireNonNull(observed.data());
        if (!outerIsExactly(data, data.sizeBytes())) {
            steps.add(new Step.LoadOuterOverData(data.sizeBytes()));
        }
        if (observed.engine() != null) {
            steps.add(new Step.LetDiscards(true));
        }
        dismantleEngine();
    }

    /** What is left of the engine once the copy is whole: the outer device does not use it any more. */
    private void dismantleEngine() {
        if (observed.engine() != null) {
            steps.add(new Step.RemoveEngine());
        }
        if (observed.metadata() != null) {
            steps.add(new Step.RemoveMetadata(observed.metadata().uuid()));
        }
        if (observed.source() != null) {
            steps.add(new Step.FailQueued());
            steps.add(new Step.RemoveSource());
        }
        if (observed.session() != null) {
            steps.add(new Step.Logout());
        }
    }

    private void hydrating(CopyTags tags) {
        LogicalVolume data = Objects.requireNonNull(observed.data());
        boolean older = OlderCopyTag.isOn(data);
        HydrationGeometry geometry = HydrationGeometry.of(tags.regionBytes());
        metadata(tags, geometry);
        boolean cutOff = !tags.isClosed()
                && observed.outer() != null
                && Tables.isError(observed.outer().table());
        if (cutOff) {
            // Only when nobody has it open any more: beneath a mounted file system an older state must not appear.
            // The engine is made anew too, to read what its metadata says.
            steps.add(new Step.RemoveOuter());
            steps.add(new Step.RemoveEngine());
        }
        boolean engineRuns = !cutOff
                && observed.engine() != null
                && !observed.engine().table().isEmpty();
        if (wanted.login() != null) {
            source();
        } else if (!engineRuns) {
            return;
        }
        if (!engineRuns) {
            steps.add(new Step.LoadEngine(tags.originBytes(), geometry));
        }
        // What was given up has no device that a pod could open: it is read through its export's own.
        // A new table would let discards pass for a moment: over an older copy the device grows when that is over.
        MappedDevice outer = observed.outer();
        long bytes = older && outer != null && !cutOff ? Tables.bytes(outer.table()) : data.sizeBytes();
        if (!tags.isClosed() && !outerIsOverEngine(bytes)) {
            steps.add(new Step.LoadOuterOverEngine(tags.originBytes(), data.sizeBytes()));
        }
        if (!tags.isClosed() && older) {
            steps.add(new Step.LetDiscards(false));
        }
    }

    private void metadata(CopyTags tags, HydrationGeometry geometry) {
        LogicalVolume metadata = observed.metadata();
        if (metadata != null && metadata.active() != null) {
            return;
        }
        if (metadata == null) {
            throw new SluiceException(
                    ErrorKind.DATA_LOSS,
                    "the engine's metadata volume of " + wanted.id()
                            + " is gone while the volume is not hydrated: which regions are local is not known. Nothing is"
                            + " rebuilt; restore the volume from its source or a snapshot.");
        }
        steps.add(ensureMetadata(tags.originBytes(), geometry));
    }

    private void source() {
        IscsiSession session = observed.session();
        MappedDevice source = observed.source();
        if (source == null
                || session == null
                || session.disk() == null
                || !Tables.uses(source.table(), session.disk())) {
            // Also with a session: one that a crash interrupted was perhaps not verified yet.
            IscsiLogin login = Objects.requireNonNull(wanted.login());
            steps.add(new Step.Login(login));
            steps.add(new Step.LoadSource(login.sizeBytes(), wanted.queues()));
        } else if (Tables.queues(source.table()) != wanted.queues()) {
            // By message: to load a table is to wait for what is in flight, and that may wait for an origin that is
            // away.
            steps.add(wanted.queues() ? new Step.Queue() : new Step.FailQueued());
        }
    }

    private boolean outerIsExactly(LogicalVolume data, long bytes) {
        MappedDevice outer = observed.outer();
        return outer != null
                && data.active() != null
                && !outer.suspended()
                && outer.table().size() == 1
                && !HoldTables.isHeld(outer.table())
                && Tables.uses(outer.table(), data.active())
                && Tables.bytes(outer.table()) == bytes;
    }

    private boolean outerIsOverEngine(long bytes) {
        MappedDevice outer = observed.outer();
        return outer != null
                && observed.engine() != null
                && !outer.suspended()
                && Tables.uses(outer.table(), observed.engine().device())
                && Tables.bytes(outer.table()) == bytes;
    }
}
