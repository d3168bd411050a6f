package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.VolumeSpec;
import java.util.List;
import java.util.Optional;

/** The CloneHydration's part of the plan: it tells, and takes a user's wishes, but no data depends on it. */
final class HydrationPlan {
    private final Family family;
    private final VolumeSpec spec;

    private HydrationPlan(Family family) {
        this.family = family;
        this.spec = family.volume().spec();
    }

    static List<Step> of(Family family) {
        ClaimReference claim = family.volume().spec().claim();
        if (claim == null || family.volume().spec().origin() == null) {
            return List.of();
        }
        return new HydrationPlan(family).plan(claim);
    }

    static String key(ClaimReference claim) {
        return claim.namespace() + "/" + claim.name();
    }

    private List<Step> plan(ClaimReference claim) {
        Optional<Stored<CloneHydrationSpec, CloneHydrationStatus>> found = family.hydration();
        if (spec.state() == DesiredState.ABSENT) {
            return found.filter(this::isOurs)
                    .<List<Step>>map(ours -> List.of(new Step.RemoveHydration(ours)))
                    .orElse(List.of());
        }
        if (found.isEmpty()) {
            return List.of(new Step.CreateHydration(key(claim), wanted()));
        }
        return isCurrent(found.get()) ? keep(claim, found.get()) : replace(claim, found.get());
    }

    private List<Step> keep(ClaimReference claim, Stored<CloneHydrationSpec, CloneHydrationStatus> hydration) {
        HydrationSettings asked = settings(hydration.spec());
        if (!asked.equals(spec.hydration())) {
            return List.of(new Step.CopyBudget(family.volume(), asked));
        }
        if (hydration.owner() == null && family.claimUid().isPresent()) {
            return List.of(new Step.OwnHydration(
                    hydration.key(), claim, family.claimUid().get()));
        }
        return List.of();
    }

    // Two volumes may name one claim (a retained volume, and a later PVC of the same name): the one whose PVC is there
    // wins.
    private List<Step> replace(ClaimReference claim, Stored<CloneHydrationSpec, CloneHydrationStatus> other) {
        if (!isOurs(other) && family.claimUid().isEmpty()) {
            return List.of();
        }
        return List.of(new Step.RemoveHydration(other), new Step.CreateHydration(key(claim), wanted()));
    }

    private boolean isOurs(Stored<CloneHydrationSpec, CloneHydrationStatus> hydration) {
        return hydration.spec().volumeUid().equals(family.volume().uid());
    }

    private boolean isCurrent(Stored<CloneHydrationSpec, CloneHydrationStatus> hydration) {
        return isOurs(hydration)
                && hydration.spec().epoch() == spec.epoch()
                && hydration.spec().node().equals(spec.home());
    }

    private CloneHydrationSpec wanted() {
        HydrationSettings settings = spec.hydration();
        return new CloneHydrationSpec(
                family.volume().key(),
                family.volume().uid(),
                spec.epoch(),
                spec.home(),
                settings.paused(),
                settings.maxBytesPerSecond(),
                settings.priority());
    }

    private HydrationSettings settings(CloneHydrationSpec asked) {
        return spec.hydration().steered(asked.paused(), asked.maxBytesPerSecond(), asked.priority());
    }
}
