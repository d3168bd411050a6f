package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.CopyTurn;
import dev.sluice.api.DesiredState;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HydrationPhase;
import dev.sluice.api.Urgency;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which copies go first, and which have to wait because as many are under way as may be. Pure. */
final class TurnPlan {
    /** What does not advance takes nobody's place, and needs no place to be looked at. */
    private static final Set<HydrationPhase> STUCK =
            EnumSet.of(HydrationPhase.STALLED, HydrationPhase.SOURCE_LOST, HydrationPhase.FAILED);

    /** Exact for those who are next; farther back each change would be a write for each of them. */
    private static final int EXACT = 10;

    private static final Comparator<Copy> ORDER = Comparator.comparing((Copy copy) -> -(long) copy.priority())
            .thenComparing(Copy::urgency)
            .thenComparing(copy -> !copy.hasTurn())
            .thenComparing(copy -> Objects.requireNonNullElse(copy.since(), "~"))
            .thenComparing(copy -> copy.export().key());

    private final View view;
    private final int most;

    /**
     * @param attachments nodes that want or have a volume, by volume
     * @param emptied nodes that are being emptied
     * @param away nodes that do not answer
     * @param limited nodes that divide what they give
     */
    record View(
            List<Stored<ExportSpec, ExportStatus>> exports,
            Map<String, Stored<VolumeSpec, VolumeStatus>> volumes,
            Map<String, CloneHydrationStatus> hydrations,
            Map<String, List<String>> attachments,
            Set<String> emptied,
            Set<String> away,
            Set<String> limited) {}

    private record Copy(
            Stored<ExportSpec, ExportStatus> export,
            int priority,
            Urgency urgency,
            @Nullable String since,
            boolean counts) {
        boolean hasTurn() {
            CopyTurn turn = export.spec().turn();
            return turn != null && turn.before() == null;
        }
    }

    /** Another turn than is written. */
    record Change(Stored<ExportSpec, ExportStatus> export, CopyTurn turn) {}

    private TurnPlan(View view, int most) {
        this.view = view;
        this.most = most;
    }

    /** @param most copies at a time; 0 for any number */
    static List<Change> of(View view, int most) {
        return new TurnPlan(view, most).plan();
    }

    private List<Change> plan() {
        List<Copy> copies = view.exports().stream()
                .flatMap(export -> copy(export).stream())
                .sorted(ORDER)
                .toList();
        List<Change> changes = new ArrayList<>();
        int before = 0;
        for (Copy copy : copies) {
            boolean waits = most > 0 && before >= most && copy.counts();
            CopyTurn turn = new CopyTurn(copy.priority(), copy.urgency(), waits ? before : null);
            before += copy.counts() ? 1 : 0;
            if (isNews(copy.export().spec(), turn)) {
                changes.add(new Change(copy.export(), turn));
            }
        }
        return List.copyOf(changes);
    }

    private Optional<Copy> copy(Stored<ExportSpec, ExportStatus> export) {
        ExportSpec spec = export.spec();
        Stored<VolumeSpec, VolumeStatus> volume = view.volumes().get(spec.volume());
        if (spec.state() != DesiredState.PRESENT || spec.onlyRetained()) {
            return Optional.empty();
        }
        Urgency idle = view.emptied().contains(spec.originNode()) ? Urgency.EVACUATION : Urgency.IDLE;
        if (volume == null) {
            // Of a snapshot: nobody waits for it, and whether it copies at all only its node knows.
            return Optional.of(new Copy(export, 0, idle, null, false));
        }
        VolumeSpec client = volume.spec();
        boolean copies = client.state() == DesiredState.PRESENT
                && client.home().equals(spec.clientNode())
                && client.epoch() == spec.epoch()
                && !Sources.isWhole(volume);
        if (!copies) {
            return Optional.empty();
        }
        boolean used = view.attachments().getOrDefault(volume.key(), List.of()).contains(client.home());
        Optional<CloneHydrationStatus> status =
                Optional.ofNullable(view.hydrations().get(volume.key())).filter(each -> each.epoch() == client.epoch());
        boolean stuck = status.filter(each -> STUCK.contains(each.phase())).isPresent()
                || client.hydration().paused()
                || view.away().contains(client.home());
        return Optional.of(new Copy(
                export,
                client.hydration().priority(),
                used ? Urgency.IN_USE : idle,
                status.map(CloneHydrationStatus::startTime).orElse(null),
                !stuck));
    }

    private boolean isNews(ExportSpec spec, CopyTurn turn) {
        CopyTurn known = spec.turn();
        if (most == 0 && !view.limited().contains(spec.originNode())) {
            // Nobody asks for it; only who waits must be told that it need not any more.
            return known != null && known.before() != null;
        }
        if (known == null || known.priority() != turn.priority() || known.urgency() != turn.urgency()) {
            return true;
        }
        Integer before = known.before();
        Integer now = turn.before();
        if (before == null || now == null) {
            return !Objects.equals(before, now);
        }
        int low = Math.min(before, now);
        return !before.equals(now) && (low <= most + EXACT || Math.max(before, now) >= 2 * low);
    }
}
