package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which members of a StatefulSet hydrate, or may in a moment, because of where their pods are going. */
final class EvictionPlan {
    private final MemberSet set;
    private final Map<String, List<Stored<VolumeSpec, VolumeStatus>>> volumes = new TreeMap<>();

    /** @param volumes seen after the pods: one that runs has its volume at home by then */
    EvictionPlan(MemberSet set, List<Stored<VolumeSpec, VolumeStatus>> volumes) {
        this.set = set;
        volumes.forEach(this::add);
    }

    /**
     * A member that counts.
     *
     * @param volume the one that is not whole; null when none is, yet
     * @param place what its pod says of where it may go; empty when the volume says it
     */
    record Unsettled(String member, @Nullable Stored<VolumeSpec, VolumeStatus> volume, String place) {}

    private void add(Stored<VolumeSpec, VolumeStatus> volume) {
        ClaimReference claim = volume.spec().claim();
        if (claim != null && volume.spec().state() == DesiredState.PRESENT) {
            set.claims()
                    .member(claim)
                    .ifPresent(member -> volumes.computeIfAbsent(member, key -> new ArrayList<>())
                            .add(volume));
        }
    }

    /** Whether a volume of this member goes where its pod goes. */
    boolean follows(String member) {
        return volumes.getOrDefault(member, List.of()).stream().anyMatch(EvictionPlan::follows);
    }

    private static boolean follows(Stored<VolumeSpec, VolumeStatus> volume) {
        return volume.spec().placement() == Placement.FOLLOW;
    }

    /** By member. */
    Map<String, Unsettled> unsettled() {
        Map<String, Unsettled> found = new TreeMap<>();
        volumes.forEach((member, all) -> all.stream()
                .filter(EvacuationView::isUnhydrated)
                .findFirst()
                .map(volume -> new Unsettled(member, volume, ""))
                .or(() -> place(member).map(why -> new Unsettled(member, null, why)))
                .ifPresent(each -> found.put(member, each)));
        return found;
    }

    /** Between the end of a pod and the move of its volume nothing of ours says yet that there will be one. */
    private Optional<String> place(String member) {
        if (!follows(member)) {
            return Optional.empty();
        }
        Optional<SetPod> pod = set.pod(member);
        if (pod.isEmpty() || pod.get().stage() == SetPod.Stage.ENDING) {
            // One that was scaled away has no successor.
            return Optional.of(pod.isEmpty() ? "it has no pod" : "its pod is ending")
                    .filter(why -> set.wants(member));
        }
        return pod.filter(each -> each.stage() == SetPod.Stage.STARTING).flatMap(each -> start(member, each.node()));
    }

    private Optional<String> start(String member, @Nullable String node) {
        if (node == null) {
            return Optional.of("its pod has no node yet");
        }
        return volumes.getOrDefault(member, List.of()).stream()
                .filter(EvictionPlan::follows)
                .map(volume -> volume.spec().home())
                .filter(home -> !home.equals(node))
                .findFirst()
                .map(home -> "its pod starts on node " + node + ", its volume is on node " + home);
    }
}
