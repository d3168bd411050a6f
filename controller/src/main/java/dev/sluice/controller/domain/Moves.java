package dev.sluice.controller.domain;

import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.List;
import java.util.Optional;

/** Looks at what a volume's move depends on. */
public final class Moves {
    private final Registry registry;

    public Moves(Registry registry) {
        this.registry = registry;
    }

    /** What the way of this volume depends on; empty when it does not move. */
    Optional<MovePlan.View> look(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        return spec.placement() == Placement.FOLLOW && spec.state() == DesiredState.PRESENT
                ? Optional.of(view(volume))
                : Optional.empty();
    }

    /** The answer to one node's wish to use a volume. */
    public AttachmentStatus answer(String volumeId, String node) {
        Optional<Stored<VolumeSpec, VolumeStatus>> volume = registry.volumes().find(volumeId);
        if (volume.isEmpty()) {
            return new AttachmentStatus(
                    AttachmentState.WAITING, "VolumeMissing", "volume " + volumeId + " does not exist");
        }
        return MovePlan.answer(view(volume.get()), node);
    }

    /** Other nodes where a pod could use a volume that cannot come to this one; empty when it can, or waits for something else. */
    public List<String> placesOtherThan(String node, String volumeId) {
        Optional<Stored<VolumeSpec, VolumeStatus>> volume = registry.volumes().find(volumeId);
        if (volume.isEmpty() || !NodeFitness.isReason(answer(volumeId, node).reason())) {
            return List.of();
        }
        return MovePlan.places(new MovePlan.View(
                        volume.get(),
                        registry.exports().findByVolume(volumeId),
                        List.of(),
                        registry.nodes().findAll()))
                .stream()
                .filter(place -> !place.equals(node))
                .toList();
    }

    /** Whether the volume is there now. */
    public boolean isHome(String node, String volumeId) {
        return registry.volumes()
                .find(volumeId)
                .filter(volume -> volume.spec().home().equals(node))
                .isPresent();
    }

    private MovePlan.View view(Stored<VolumeSpec, VolumeStatus> volume) {
        VolumeSpec spec = volume.spec();
        List<String> wanting = wanting(volume.key(), spec);
        boolean still = spec.target() == null && wanting.stream().allMatch(spec.home()::equals);
        if (still) {
            return new MovePlan.View(volume, List.of(), wanting, List.of());
        }
        return new MovePlan.View(
                volume,
                registry.exports().findByVolume(volume.key()),
                wanting,
                registry.nodes().findAll());
    }

    /** A pod that was only given a node stands in nobody's way: one that has asked there comes first. */
    private List<String> wanting(String id, VolumeSpec spec) {
        List<String> attachments = registry.nodes().attachments(id);
        ClaimReference claim = spec.claim();
        return attachments.isEmpty() && claim != null ? registry.nodes().expected(id, claim) : attachments;
    }
}
