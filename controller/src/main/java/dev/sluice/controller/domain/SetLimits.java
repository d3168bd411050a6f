package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps an evacuation from making too many members of one StatefulSet depend on another node at a time. */
final class SetLimits {
    private final List<ClaimSet> sets;
    private final int atOnce;
    private final Map<ClaimSet, Set<String>> unhydrated = new HashMap<>();

    SetLimits(EvacuationView view, int atOnce) {
        this.sets = view.sets();
        this.atOnce = atOnce;
        view.volumes().stream().filter(EvacuationView::isUnhydrated).forEach(this::take);
    }

    /** Whether a volume may begin to hydrate now; a member that does already may with all it has. */
    boolean allow(Stored<VolumeSpec, VolumeStatus> volume) {
        ClaimReference claim = volume.spec().claim();
        return claim == null
                || sets.stream()
                        .allMatch(set -> set.member(claim)
                                .map(member -> allows(unhydrated.getOrDefault(set, Set.of()), member))
                                .orElse(true));
    }

    private boolean allows(Set<String> members, String member) {
        return members.contains(member) || members.size() < atOnce;
    }

    void take(Stored<VolumeSpec, VolumeStatus> volume) {
        ClaimReference claim = volume.spec().claim();
        if (claim != null) {
            sets.forEach(set -> set.member(claim)
                    .ifPresent(member -> unhydrated
                            .computeIfAbsent(set, key -> new HashSet<>())
                            .add(member)));
        }
    }
}
