package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Feed;
import dev.sluice.api.LostCopy;
import dev.sluice.api.Placement;
import dev.sluice.api.SnapshotSpec;
import dev.sluice.api.SnapshotStatus;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Observes a volume's family, plans, and carries the plan out. The same code runs in a call and in the reconciler. */
public final class Families {
    private static final Logger log = LoggerFactory.getLogger(Families.class);

    private final Registry registry;
    private final Dependants dependants;
    private final Moves moves;
    private final RetainedCopies retained;
    private final Recoveries recoveries;
    private final Clock clock;

    public Families(Registry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.retained = new RetainedCopies(registry, clock);
        this.recoveries = new Recoveries(registry, clock);
        this.moves = new Moves(registry);
        this.dependants = new Dependants(registry);
    }

    /** Brings the family of this volume as far as it can go now. */
    public void advance(String volumeId) {
        advance(volumeId, true);
    }

    /**
     * The same, without a look at what has nothing to do as far as another registry has seen: a whole family takes a dozen requests, its move
     * alone half of them, and a pod waits for that.
     */
    public void advance(String volumeId, Families seen) {
        if (!seen.isSettled(volumeId)) {
            advance(volumeId, true);
        } else if (!seen.isMoveSettled(volumeId)) {
            advance(volumeId, false);
        }
    }

    private void advance(String volumeId, boolean whole) {
        Optional<Stored<VolumeSpec, VolumeStatus>> volume = registry.volumes().find(volumeId);
        if (volume.isEmpty()) {
            return;
        }
        try {
            List<Step> recovery = recoveries.plan(volume.get());
            if (!recovery.isEmpty()) {
                // Its write brings us back, to a volume that is somewhere else.
                recovery.forEach(this::carryOut);
                return;
            }
            if (whole) {
                VolumePlan.of(observe(volume.get())).forEach(this::carryOut);
            }
            Optional<MovePlan.View> way = moves.look(volume.get());
            way.map(MovePlan::of).orElse(List.of()).forEach(this::carryOut);
            retained.makeRoom(way.map(MovePlan::withoutRoom).orElse(List.of()));
            doneFeed(volume.get()).ifPresent(feed -> advanceOwner(feed.snapshot()));
        } catch (SluiceException e) {
            if (e.kind() != ErrorKind.BUSY) {
                throw e;
            }
            // Someone else wrote first; the event of that write brings us back.
            log.debug("plan of {} was overtaken: {}", volumeId, e.getMessage());
        }
    }

    /** The same on another registry. */
    public Families over(Registry other) {
        return new Families(other, clock);
    }

    /** Whether there is nothing to do but to go on with a move, as far as this registry knows. */
    boolean isSettled(String volumeId) {
        return registry.volumes()
                .find(volumeId)
                .map(volume -> doneFeed(volume).isEmpty()
                        && recoveries.plan(volume).isEmpty()
                        && VolumePlan.of(observe(volume)).isEmpty())
                .orElse(true);
    }

    /** Whether there is not even that. */
    boolean isMoveSettled(String volumeId) {
        return registry.volumes()
                .find(volumeId)
                .flatMap(moves::look)
                .map(way ->
                        MovePlan.of(way).isEmpty() && MovePlan.withoutRoom(way).isEmpty())
                .orElse(true);
    }

    /** Brings the family on that an internal snapshot belongs to: what it waited for may be gone. */
    void advanceOwner(String snapshot) {
        registry.snapshots()
                .find(snapshot)
                .map(each -> each.spec().internal() ? each.spec().forVolume() : null)
                .ifPresent(this::advance);
    }

    /** What fed a volume that needs it no more. */
    private static Optional<Feed> doneFeed(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeStatus status = volume.status();
        boolean own = volume.spec().originIsRemote();
        boolean done = !own && status != null && (status.hydrated() || status.phase() == VolumePhase.REMOVED);
        return done ? Optional.ofNullable(volume.spec().feed()) : Optional.empty();
    }

    /** Snapshots of the family that others are fed from too, and exports of copies that others are still to be made from. */
    private Set<String> held(
            Stored<VolumeSpec, VolumeStatus> volume,
            List<Stored<SnapshotSpec, SnapshotStatus>> snapshots,
            List<Stored<ExportSpec, ExportStatus>> exports) {
        VolumeStatus status = volume.status();
        boolean releasing = volume.spec().state() == DesiredState.ABSENT
                || status != null && status.hydrated()
                || exports.stream().anyMatch(each -> each.spec().onlyRetained());
        if (!releasing) {
            return Set.of();
        }
        Stream<String> fed = snapshots.stream()
                .map(Stored::key)
                .filter(each -> dependants.find(each, volume.key()).isPresent());
        Stream<String> copied = exports.stream()
                .filter(each -> each.spec().sourceIsVolume()
                        && dependants.isToBeCopied(volume.key(), each.spec().originNode()))
                .map(Stored::key);
        return Stream.concat(fed, copied).collect(Collectors.toUnmodifiableSet());
    }

    Family observe(Stored<VolumeSpec, VolumeStatus> volume) {
        if (volume.spec().origin() == null && volume.spec().placement() == Placement.PINNED) {
            return new Family(
                    volume,
                    List.of(),
                    List.of(),
                    Set.of(),
                    Optional.empty(),
                    Optional.empty(),
                    forgotten(volume),
                    Set.of(),
                    clock.instant());
        }
        var snapshots = registry.snapshots().findByVolume(volume.key()).stream()
                .filter(each -> each.spec().internal()
                        && volume.key().equals(each.spec().forVolume()))
                .toList();
        var exports = registry.exports().findByVolume(volume.key());
        Stream<String> nodes = Stream.concat(
                snapshots.stream()
                        .filter(each -> each.spec().state() == DesiredState.ABSENT)
                        .map(each -> each.spec().node()),
                exports.stream()
                        .filter(each -> each.spec().state() == DesiredState.ABSENT)
                        .map(each -> each.spec().originNode()));
        Set<String> forgotten = Stream.concat(
                        forgotten(volume).stream(), nodes.distinct().filter(this::isForgotten))
                .collect(Collectors.toUnmodifiableSet());
        var hydration = hydration(volume.spec());
        return new Family(
                volume,
                snapshots,
                exports,
                held(volume, snapshots, exports),
                hydration,
                isOwned(hydration, volume) ? Optional.empty() : claimUid(volume.spec()),
                forgotten,
                retained.crowded(volume, exports),
                clock.instant());
    }

    private Set<String> forgotten(Stored<VolumeSpec, VolumeStatus> volume) {
        if (volume.spec().state() != DesiredState.ABSENT) {
            return Set.of();
        }
        Stream<String> lost = VolumeRecovery.of(volume.spec()).copies().stream().map(LostCopy::node);
        return Stream.concat(Stream.of(volume.spec().home()), lost)
                .filter(this::isForgotten)
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean isForgotten(String node) {
        return registry.nodes().find(node).isEmpty();
    }

    private Optional<Stored<CloneHydrationSpec, CloneHydrationStatus>> hydration(VolumeSpec spec) {
        ClaimReference claim = spec.claim();
        return claim == null ? Optional.empty() : registry.hydrations().find(HydrationPlan.key(claim));
    }

    private static boolean isOwned(
            Optional<Stored<CloneHydrationSpec, CloneHydrationStatus>> hydration,
            Stored<VolumeSpec, VolumeStatus> volume) {
        return hydration
                .filter(found ->
                        found.owner() != null && found.spec().volumeUid().equals(volume.uid()))
                .isPresent();
    }

    private Optional<String> claimUid(VolumeSpec spec) {
        ClaimReference claim = spec.claim();
        return claim == null ? Optional.empty() : registry.claims().findUid(claim);
    }

    private void carryOut(Step step) {
        log.debug("{}", step);
        switch (step) {
            case Step.CreateSnapshot create -> registry.snapshots().create(create.id(), create.spec());
            case Step.CreateExport create -> registry.exports().create(create.name(), create.spec());
            case Step.CreateHydration create -> tell(() -> registry.hydrations().create(create.key(), create.spec()));
            case Step.OwnHydration own -> tell(() -> registry.claims().own(own.key(), own.claim(), own.claimUid()));
            case Step.RemoveHydration remove -> registry.hydrations().forget(remove.hydration());
            case Step.CopyBudget copy ->
                registry.volumes().replace(copy.volume(), copy.volume().spec().withHydration(copy.settings()));
            case Step.ReleaseExport release ->
                registry.exports()
                        .replace(release.export(), release.export().spec().released(release.lvUuid()));
            case Step.RetainExport retain ->
                registry.exports()
                        .replace(retain.export(), retain.export().spec().retained(retain.until()));
            case Step.KeepExport keep ->
                registry.exports().replace(keep.export(), keep.export().spec().withState(DesiredState.PRESENT));
            case Step.SetTarget target ->
                registry.volumes()
                        .replace(target.volume(), target.volume().spec().withTarget(target.node()));
            case Step.Move move ->
                registry.volumes().replace(move.volume(), move.volume().spec().moved(move.origin()));
            case Step.Recover recover -> registry.volumes().replace(recover.volume(), recover.spec());
            case Step.ReleaseSnapshot release ->
                registry.snapshots()
                        .replace(release.snapshot(), release.snapshot().spec().withState(DesiredState.ABSENT));
            case Step.ForgetExport forget -> registry.exports().forget(forget.export());
            case Step.ForgetSnapshot forget -> forget(forget.snapshot());
            case Step.ForgetVolume forget -> registry.volumes().forget(forget.volume());
        }
    }

    // What is served to a snapshot is let go first: without the snapshot nobody would.
    private void forget(Stored<SnapshotSpec, SnapshotStatus> snapshot) {
        if (registry.exports().findByVolume(snapshot.key()).isEmpty()) {
            registry.snapshots().forget(snapshot);
        }
    }

    // A namespace that is being deleted refuses new objects; the data goes its way all the same.
    private static void tell(Runnable write) {
        try {
            write.run();
        } catch (SluiceException e) {
            log.info("the progress object could not be written: {}", e.getMessage());
        }
    }
}
