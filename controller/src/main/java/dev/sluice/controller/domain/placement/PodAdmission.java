package dev.sluice.controller.domain.placement;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.NodeView;
import dev.sluice.controller.domain.Shelf;
import dev.sluice.controller.domain.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a new pod with volumes of ours is given, so that it comes up where its data is. */
public final class PodAdmission {
    private static final String FS_GROUP = "fsGroup";
    private static final String CHANGE_POLICY = "fsGroupChangePolicy";

    private final ClaimVolumes claims;
    private final Shelf<VolumeSpec, VolumeStatus> volumes;
    private final Supplier<List<NodeView>> nodes;

    /** @param nodes may be some seconds old: it only tells who has room */
    public PodAdmission(ClaimVolumes claims, Shelf<VolumeSpec, VolumeStatus> volumes, Supplier<List<NodeView>> nodes) {
        this.claims = claims;
        this.volumes = volumes;
        this.nodes = nodes;
    }

    /** Empty for a pod without a volume of ours that exists already. */
    public List<PatchOperation> review(PodShape pod) {
        List<VolumeSpec> found = pod.claims().stream()
                .flatMap(claim -> claims.findVolume(pod.namespace(), claim).stream())
                .distinct()
                .flatMap(id -> volumes.find(id).stream())
                .map(Stored::spec)
                .filter(spec -> spec.state() == DesiredState.PRESENT)
                .toList();
        if (found.isEmpty()) {
            return List.of();
        }
        List<PatchOperation> patch = new ArrayList<>();
        affinity(pod, found).ifPresent(patch::add);
        // By default the kubelet walks the whole tree at each mount, and what is not here yet would come over the wire.
        if (pod.securityContext().containsKey(FS_GROUP)
                && !pod.securityContext().containsKey(CHANGE_POLICY)) {
            patch.add(PatchOperation.add("/spec/securityContext/" + CHANGE_POLICY, "OnRootMismatch"));
        }
        return patch;
    }

    private Optional<PatchOperation> affinity(PodShape pod, List<VolumeSpec> found) {
        List<VolumeSpec> following = found.stream()
                .filter(spec -> spec.placement() == Placement.FOLLOW)
                .toList();
        // A pod that has its node passes no scheduler, and a kubelet refuses one whose affinity does not fit.
        if (following.isEmpty() || pod.node() != null) {
            return Optional.empty();
        }
        List<String> homes = following.stream().map(VolumeSpec::home).toList();
        Map<String, Object> wanted = NodeAffinity.of(pod.affinity(), homes, RoomyNodes.of(following, nodes.get()));
        return wanted.equals(pod.affinity())
                ? Optional.empty()
                : Optional.of(PatchOperation.add("/spec/affinity", wanted));
    }
}
