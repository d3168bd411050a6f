package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.MappedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

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

    /** Everything above an allocated copy. Ends early, without exposing anything, when the origin's export is not ready. */
    public static List<Step> stack(Wanted wanted, Observed observed) {
        StackPlanner planner = new StackPlanner(wanted, observed);
        CopyTags tags = observed.tags()
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "volume " + wanted.id() + " is not allocated"));
        switch (tags.state()) {
            case VIRGIN, LINEAR -> planner.whole(tags);
            case STACKING, EXPOSED -> planner.hydrating(tags);
        }
        return planner.steps;
    }

    /** Takes everything away, the data last. Only for an explicit order that names the logical volume. */
    public static List<Step> remove(Observed observed) {
        List<Step> steps = new ArrayList<>();
        if (observed.source() != null) {
            steps.add(new Step.FailQueued());
        }
        steps.add(new Step.RemoveOuter());
        steps.add(new Step.RemoveEngine());
        steps.add(new Step.RemoveSource());
        if (observed.session() != null) {
            steps.add(new Step.Logout());
        }
        if (observed.metadata() != null) {
            steps.add(new Step.RemoveMetadata(observed.metadata().uuid()));
        }
        if (observed.data() != null) {
            steps.add(new Step.RemoveData(observed.data().uuid()));
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
        CopyTags tags = CopyTags.of(data);
        if (tags.epoch() != wanted.epoch()) {
            throw new SluiceException(
                    ErrorKind.DATA_LOSS,
                    "the copy of " + wanted.id() + " on this node is of epoch " + tags.epoch() + ", epoch "
                            + wanted.epoch() + " is wanted. It is left alone.");
        }
        if (data.active() == null) {
            steps.add(new Step.EnsureLogicalVolume(newData()));
        }
    }

    private LogicalVolumeRequest newData() {
        String group = wanted.volumeGroup();
        if (wanted.localOrigin() != null) {
            Set<String> tags = CopyTags.plain(wanted.epoch(), CopyState.LINEAR).print();
            return new LogicalVolumeRequest.ThinSnapshot(group, wanted.localOrigin(), wanted.id(), tags);
        }
        CopyTags tags;
        if (wanted.remote()) {
            long region = wanted.geometry().regionBytes();
            tags = new CopyTags(wanted.epoch(), CopyState.STACKING, wanted.remoteBytes(), region, 0);
        } else {
            tags = CopyTags.plain(wanted.epoch(), wanted.fsType() == null ? CopyState.LINEAR : CopyState.VIRGIN);
        }
        return new LogicalVolumeRequest.Thin(group, wanted.thinPool(), wanted.id(), wanted.sizeBytes(), tags.print());
    }

    private void whole(CopyTags tags) {
        extend();
        if (tags.state() == CopyState.VIRGIN) {
            steps.add(new Step.Format(
                    Objects.requireNonNull(wanted.fsType(), "a virgin copy is of a file system volume")));
            steps.add(new Step.Retag(tags.withState(CopyState.LINEAR)));
        }
        LogicalVolume data = Objects.requireNonNull(observed.data());
        if (!outerIsExactly(data, wanted.sizeBytes())) {
            steps.add(new Step.LoadOuterOverData(wanted.sizeBytes()));
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
        extend();
        HydrationGeometry geometry = HydrationGeometry.of(tags.regionBytes());
        metadata(tags, geometry);
        boolean engineRuns =
                observed.engine() != null && !observed.engine().table().isEmpty();
        if (wanted.login() != null) {
            source();
        } else if (!engineRuns) {
            return;
        }
        if (!engineRuns) {
            if (tags.state() == CopyState.STACKING) {
                steps.add(new Step.BeginMetadata());
            }
            steps.add(new Step.LoadEngine(tags.originBytes(), geometry));
        }
        if (!outerIsOverEngine()) {
            steps.add(new Step.LoadOuterOverEngine(tags.originBytes(), wanted.sizeBytes()));
        }
        if (tags.state() == CopyState.STACKING) {
            steps.add(new Step.Retag(tags.withState(CopyState.EXPOSED)));
        }
    }

    private void metadata(CopyTags tags, HydrationGeometry geometry) {
        LogicalVolume metadata = observed.metadata();
        if (metadata != null && metadata.active() != null) {
            return;
        }
        if (metadata == null && tags.state() == CopyState.EXPOSED) {
            throw new SluiceException(
                    ErrorKind.DATA_LOSS,
                    "the engine's metadata volume of " + wanted.id()
                            + " is gone while the volume is not hydrated: which regions are local is not known. Nothing is"
                            + " rebuilt; restore the volume from its source or a snapshot.");
        }
        steps.add(new Step.EnsureLogicalVolume(new LogicalVolumeRequest.Plain(
                wanted.volumeGroup(),
                Names.metadataVolume(wanted.id()),
                geometry.metadataBytes(tags.originBytes()),
                Set.of("sluice.metadata-of=" + wanted.id()))));
    }

    private void source() {
        IscsiSession session = observed.session();
        if (session == null || session.disk() == null) {
            steps.add(new Step.Login(Objects.requireNonNull(wanted.login())));
        }
        MappedDevice source = observed.source();
        boolean current = source != null
                && session != null
                && session.disk() != null
                && Tables.uses(source.table(), session.disk());
        if (!current) {
            steps.add(new Step.LoadSource(Objects.requireNonNull(wanted.login()).sizeBytes()));
        }
    }

    private void extend() {
        LogicalVolume data = observed.data();
        if (data != null && data.sizeBytes() < wanted.sizeBytes()) {
            steps.add(new Step.Extend(wanted.sizeBytes()));
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

    private boolean outerIsOverEngine() {
        MappedDevice outer = observed.outer();
        return outer != null
                && observed.engine() != null
                && !outer.suspended()
                && Tables.uses(outer.table(), observed.engine().device())
                && Tables.bytes(outer.table()) == wanted.sizeBytes();
    }
}
