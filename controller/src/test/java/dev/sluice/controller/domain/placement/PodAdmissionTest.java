package dev.sluice.controller.domain.placement;

import static dev.sluice.controller.domain.placement.NodeAffinityTest.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeSpec;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.fake.FakeRegistry;
import dev.sluice.controller.fake.TestOperations;
import dev.sluice.controller.fake.Volumes;
import dev.sluice.names.Names;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PodAdmissionTest {
    private static final String POD = "{spec: {volumes: [{persistentVolumeClaim: {claimName: data}}]}}";

    private final FakeRegistry registry = new FakeRegistry();
    private final Map<String, String> bound = new HashMap<>(Map.of("data", "data", "more", "more"));
    private final ClaimVolumes claims =
            (namespace, claim) -> Optional.ofNullable(bound.get(claim)).map(Names::volumeId);
    private final PodAdmission admission = new PodAdmission(claims, registry.volumes, registry::findAll);

    @BeforeEach
    void twoVolumes() {
        Stream.of("n1", "n2", "n3", "n4").forEach(registry::addNode);
        Operations operations = TestOperations.over(registry.asRegistry());
        Volumes.create(operations, "data", "n1", Placement.FOLLOW);
        Volumes.create(operations, "more", "n2", Placement.FOLLOW);
    }

    @Test
    void aPodWithAVolumeIsGivenItsHomeAndTheNodesWithRoom() {
        registry.addNode("n3", 0, "True", "dm-clone");

        assertThat(review(POD))
                .containsExactly(new PatchOperation(
                        "add", "/spec/affinity", NodeAffinity.of(Map.of(), List.of("n1"), List.of("n2", "n4"))));
    }

    @Test
    void eachVolumeIsHeard() {
        assertThat(review("{spec: {volumes: [{persistentVolumeClaim: {claimName: data}}, {emptyDir: {}},"
                        + " {persistentVolumeClaim: {claimName: more}}]}}"))
                .containsExactly(new PatchOperation(
                        "add", "/spec/affinity", NodeAffinity.of(Map.of(), List.of("n1", "n2"), List.of("n3", "n4"))));
    }

    @Test
    void whatCannotHydrateOrIsNotReadyHasNoRoom() {
        registry.addNode("n2", FakeRegistry.POOL_BYTES, "True", null);
        registry.addNode("n3", FakeRegistry.POOL_BYTES, "False", "dm-clone");
        registry.setAlive("n4", false);

        assertThat(review(POD))
                .containsExactly(new PatchOperation(
                        "add", "/spec/affinity", NodeAffinity.of(Map.of(), List.of("n1"), List.of())));
    }

    @Test
    void aPodIsLeftAsItIsWithoutAVolumeOfOursThatExists() {
        bound.remove("data");
        assertThat(review(POD)).as("not bound yet, or another driver's").isEmpty();
        bound.put("data", "never made");
        assertThat(review(POD)).isEmpty();
        assertThat(review("{spec: {volumes: [{ephemeral: {volumeClaimTemplate: {spec: {}}}}, {emptyDir: {}}]}}"))
                .isEmpty();
        assertThat(review("{spec: {}}")).isEmpty();
        assertThat(review("{}")).isEmpty();
    }

    @Test
    void aVolumeThatIsBeingDeletedCountsForNothing() {
        registry.volumes.change(Names.volumeId("data"), spec -> spec.withState(DesiredState.ABSENT));

        assertThat(review(POD)).isEmpty();
    }

    @Test
    void aPinnedVolumeNeedsNoTerm() {
        pin("data");

        assertThat(review(POD)).isEmpty();
        assertThat(
                        review(
                                "{spec: {securityContext: {fsGroup: 5}, volumes: [{persistentVolumeClaim: {claimName: data}}]}}"))
                .hasSize(1);
    }

    @Test
    void aPodThatHasItsNodeIsLeftToIt() {
        assertThat(review("{spec: {nodeName: n3, volumes: [{persistentVolumeClaim: {claimName: data}}]}}"))
                .isEmpty();
    }

    @Test
    void theKubeletIsToldNotToWalkTheTreeUnlessTheUserSaysSo() {
        pin("data");
        String pod = "{spec: {securityContext: {%s}, volumes: [{persistentVolumeClaim: {claimName: data}}]}}";

        assertThat(review(pod.formatted("fsGroup: 1000")))
                .containsExactly(
                        new PatchOperation("add", "/spec/securityContext/fsGroupChangePolicy", "OnRootMismatch"));
        assertThat(review(pod.formatted("fsGroup: 1000, fsGroupChangePolicy: Always")))
                .isEmpty();
        assertThat(review(pod.formatted("runAsUser: 1"))).isEmpty();
    }

    @Test
    void askedAgainItAddsNothing() {
        Map<String, Object> pod = json(POD);
        Map<String, Object> spec = new HashMap<>(JsonTree.object(pod, "spec"));
        spec.put(
                "affinity",
                admission.review(PodShape.of("default", pod)).getFirst().value());

        assertThat(admission.review(PodShape.of("default", Map.of("spec", spec))))
                .isEmpty();
    }

    private void pin(String name) {
        registry.volumes.change(
                Names.volumeId(name),
                spec -> new VolumeSpec(
                        spec.requestName(),
                        spec.sizeBytes(),
                        spec.pool(),
                        spec.mode(),
                        spec.fsType(),
                        Placement.PINNED,
                        spec.home(),
                        null,
                        spec.epoch(),
                        null,
                        null,
                        spec.hydration(),
                        spec.state()));
    }

    private List<PatchOperation> review(String pod) {
        return admission.review(PodShape.of("default", json(pod)));
    }
}
