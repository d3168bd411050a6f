package dev.sluice.controller.domain;

import dev.sluice.api.CloneHydrationSpec;
import dev.sluice.api.CloneHydrationStatus;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds evictions back by which more members of one StatefulSet would hydrate than may. What it cannot tell, it lets go. */
public final class Evictions {
    /**
     * How long an eviction that was let go counts before it can be seen on the pod: `kubectl drain` asks for all pods of a node in one instant.
     */
    static final Duration NOTED = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Evictions.class);

    private final SetPods pods;
    private final Shelf<VolumeSpec, VolumeStatus> volumes;
    private final Shelf<CloneHydrationSpec, CloneHydrationStatus> hydrations;
    private final int membersAtOnce;
    private final Clock clock;
    private final Map<Member, Instant> noted = new HashMap<>();

    private record Member(String namespace, String set, String number) {}

    /** @param membersAtOnce members of one StatefulSet that may be unhydrated at a time */
    public Evictions(SetPods pods, Registry registry, int membersAtOnce, Clock clock) {
        this.pods = pods;
        this.volumes = registry.volumes();
        this.hydrations = registry.hydrations();
        this.membersAtOnce = membersAtOnce;
        this.clock = clock;
    }

    /** Why the pod has to stay for now; empty when it may go. */
    public Optional<String> review(EvictionRequest request) {
        Optional<SetPod> pod = pods.find(request.namespace(), request.pod()).filter(each -> isKept(each, request));
        return pod.flatMap(each -> pods.findSet(each.namespace(), each.set()))
                .flatMap(set -> review(request, pod.orElseThrow().member(), set));
    }

    // One that does not serve may be helped by going: to keep it would only prolong that.
    private static boolean isKept(SetPod pod, EvictionRequest request) {
        boolean another = request.uid() != null && !request.uid().equals(pod.uid());
        return !another && pod.stage() == SetPod.Stage.RUNNING && pod.ready();
    }

    private Optional<String> review(EvictionRequest request, String member, MemberSet set) {
        // After the pods: a move that let one of them run can be seen then.
        EvictionPlan plan = new EvictionPlan(set, volumes.findAll());
        Map<String, EvictionPlan.Unsettled> unsettled = new TreeMap<>(plan.unsettled());
        if (!plan.follows(member) || unsettled.containsKey(member)) {
            // It does not hydrate, or does already: its eviction makes it no more of them.
            return Optional.empty();
        }
        if (allow(request, member, set, unsettled)) {
            return Optional.empty();
        }
        String reason = reason(set, unsettled, request);
        log.debug("the eviction of pod {}/{} is held back: {}", request.namespace(), request.pod(), reason);
        return Optional.of(reason);
    }

    /** Decides, and notes what it lets go, in one: of two that ask at the same time the second finds the first. */
    private synchronized boolean allow(
            EvictionRequest request, String member, MemberSet set, Map<String, EvictionPlan.Unsettled> unsettled) {
        Instant now = clock.instant();
        noted.values().removeIf(at -> !at.plus(NOTED).isAfter(now));
        String name = set.claims().name();
        noted.keySet().stream()
                .filter(each -> each.namespace().equals(request.namespace())
                        && each.set().equals(name)
                        && !each.number().equals(member))
                .forEach(each -> unsettled.putIfAbsent(
                        each.number(),
                        new EvictionPlan.Unsettled(each.number(), null, "its pod was evicted a moment ago")));
        if (unsettled.size() >= membersAtOnce) {
            return false;
        }
        if (!request.dryRun()) {
            noted.put(new Member(request.namespace(), name, member), now);
        }
        return true;
    }

    private String reason(MemberSet set, Map<String, EvictionPlan.Unsettled> unsettled, EvictionRequest request) {
        String namespace = request.namespace();
        String others = unsettled.values().stream()
                .map(each -> set.podName(each.member()) + " " + told(each))
                .collect(Collectors.joining(", "));
        return "StatefulSet " + namespace + "/" + set.claims().name() + " may have " + membersAtOnce
                + (membersAtOnce == 1 ? " member" : " members") + " hydrating at a time: " + others
                + ". Try again until that is whole; `kubectl get clonehydrations -n " + namespace
                + "` shows how far it is. To let this pod go all the same, delete it: `kubectl delete pod "
                + request.pod()
                + " -n " + namespace + "`";
    }

    private String told(EvictionPlan.Unsettled member) {
        Stored<VolumeSpec, VolumeStatus> volume = member.volume();
        if (volume == null) {
            return "may be about to move (" + member.place() + ")";
        }
        VolumeSpec spec = volume.spec();
        String claim = "PVC " + EvacuationView.name(volume);
        return spec.target() != null
                ? "is about to move (" + claim + " from node " + spec.home() + " to " + spec.target() + ")"
                : "hydrates (" + claim + " on node " + spec.home() + ": " + progress(volume) + ")";
    }

    /** As it was told last, of the present epoch. */
    private String progress(Stored<VolumeSpec, VolumeStatus> volume) {
        long epoch = volume.spec().epoch();
        VolumeStatus own = volume.status();
        return hydrations.findByVolume(volume.key()).stream()
                .map(Stored::status)
                .filter(status -> status != null && status.epoch() == epoch)
                .map(Objects::requireNonNull)
                .findFirst()
                .map(status -> status.remainingBytes() + " of " + status.totalBytes() + " bytes to come"
                        + because(status.reason()))
                .orElseGet(() -> "not whole" + because(own == null ? null : own.reason()));
    }

    private static String because(@Nullable String reason) {
        return reason == null ? "" : ", " + reason;
    }
}
