package dev.sluice.controller.domain.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAffinityTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AT_HOME = "{key: node.sluice.dev/name, operator: In, values: [n1]}";
    private static final String UNMARKED = "{key: sluice.dev/unfit, operator: DoesNotExist}";
    private static final String SSD = "{key: disk, operator: In, values: [ssd]}";
    private static final String ZONE = "{key: zone, operator: Exists}";

    @Test
    void aPodWithoutAffinityPrefersItsHomeThenRoomAndKeepsOffMarkedNodes() {
        assertThat(NodeAffinity.of(Map.of(), List.of("n1"), List.of("n2", "n3")))
                .isEqualTo(json("""
                        {nodeAffinity: {
                          preferredDuringSchedulingIgnoredDuringExecution: [
                            {weight: 100, preference: {matchExpressions: [%s]}},
                            {weight: 50, preference: {matchExpressions: [
                              {key: node.sluice.dev/name, operator: In, values: [n2, n3]}]}}],
                          requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
                            {matchExpressions: [%s]},
                            {matchExpressions: [%s]}]}}}
                        """.formatted(AT_HOME, UNMARKED, AT_HOME)));
    }

    @Test
    void theConditionIsAddedToEachOfTheUsersTermsForEachWayItCanHold() {
        assertThat(terms(NodeAffinity.of(
                        required("{matchExpressions: [%s]}, {matchFields: [%s]}".formatted(SSD, name("n7"))),
                        List.of("n1"),
                        List.of())))
                .isEqualTo(list("""
                        {matchExpressions: [%1$s, %2$s]}, {matchExpressions: [%1$s, %3$s]},
                        {matchFields: [%4$s], matchExpressions: [%2$s]}, {matchFields: [%4$s], matchExpressions: [%3$s]}
                        """.formatted(SSD, UNMARKED, AT_HOME, name("n7"))));
    }

    @Test
    void volumesWithDifferentHomesHaveNoNodeThatIsHomeToAll() {
        Map<String, Object> affinity = NodeAffinity.of(Map.of(), List.of("n1", "n2"), List.of());

        assertThat(terms(affinity)).isEqualTo(list("{matchExpressions: [%s]}".formatted(UNMARKED)));
        assertThat(preferences(affinity))
                .extracting(each -> each.get("weight"))
                .as("each its home")
                .containsExactly(100, 100);
    }

    @Test
    void volumesOfOneHomeWeighMoreTogether() {
        Map<String, Object> affinity = NodeAffinity.of(Map.of(), List.of("n1", "n1", "n2"), List.of());

        assertThat(preferences(affinity)).hasSize(3);
    }

    @Test
    void aTermThatMatchesNothingGoesOnMatchingNothing() {
        assertThat(terms(NodeAffinity.of(required("{}"), List.of("n1"), List.of())))
                .isEqualTo(list("{}"));
    }

    @Test
    void whatTheUserPrefersAndHasBesideNodesStays() {
        Map<String, Object> own = json("""
                {podAntiAffinity: {x: y}, nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [
                  {weight: 1, preference: {matchExpressions: [%s]}}]}}""".formatted(ZONE));

        Map<String, Object> affinity = NodeAffinity.of(own, List.of("n1"), List.of());

        assertThat(affinity).containsEntry("podAntiAffinity", Map.of("x", "y"));
        assertThat(preferences(affinity)).hasSize(2);
        assertThat(preferences(affinity).getFirst()).containsEntry("weight", 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            n1     | n2 |
            n1,n2  |    |
            n1,n1  | n3 | ssd
            n1     |    | ssd
            """)
    void doneAgainItIsTheSame(String homes, String roomy, String own) {
        List<String> at = List.of(homes.split(","));
        List<String> room = roomy == null ? List.of() : List.of(roomy);
        Map<String, Object> before = own == null ? Map.of() : required("{matchExpressions: [%s]}".formatted(SSD));

        Map<String, Object> once = NodeAffinity.of(before, at, room);

        assertThat(NodeAffinity.of(once, at, room)).isEqualTo(once);
    }

    /** Over all nodes there are, and all terms a user may have: the new terms hold exactly where the old ones and the condition hold. */
    @Test
    void exactlyTheNodesThatAreUnfitAndNotHomeFallAway() {
        List<String> requirements = List.of(SSD, ZONE, "{key: disk, operator: NotIn, values: [ssd]}");
        for (int chosen = 0; chosen < 1 << requirements.size(); chosen++) {
            StringBuilder own = new StringBuilder();
            for (int each = 0; each < requirements.size(); each++) {
                if ((chosen >> each & 1) == 1) {
                    own.append(own.isEmpty() ? "" : ",")
                            .append("{matchExpressions: [%s]}".formatted(requirements.get(each)));
                }
            }
            Map<String, Object> before = own.isEmpty() ? Map.of() : required(own.toString());
            for (List<String> homes : List.of(List.of("n1"), List.of("n1", "n1"), List.of("n1", "n2"))) {
                Map<String, Object> after = NodeAffinity.of(before, homes, List.of());
                for (int node = 0; node < 16; node++) {
                    Worker worker = worker(node);
                    boolean home = worker.name().equals("n1") && !homes.contains("n2");
                    boolean wanted =
                            runs(before, worker) && (home || !worker.labels().containsKey("sluice.dev/unfit"));
                    assertThat(runs(after, worker))
                            .as("%s on %s with %s", homes, worker, own)
                            .isEqualTo(wanted);
                }
            }
        }
    }

    private static Worker worker(int bits) {
        Map<String, String> labels = new HashMap<>();
        String name = (bits & 1) == 1 ? "n1" : "n9";
        labels.put("node.sluice.dev/name", name);
        if ((bits & 2) != 0) {
            labels.put("sluice.dev/unfit", "NoSpace");
        }
        if ((bits & 4) != 0) {
            labels.put("disk", "ssd");
        }
        if ((bits & 8) != 0) {
            labels.put("zone", "a");
        }
        return new Worker(name, labels, true, true);
    }

    private static boolean runs(Map<String, Object> affinity, Worker worker) {
        return new PodShape("default", null, Map.of(), List.of(), affinity, Map.of()).allows(worker);
    }

    private static String name(String node) {
        return "{key: metadata.name, operator: In, values: [%s]}".formatted(node);
    }

    private static Map<String, Object> required(String terms) {
        return json("{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [%s]}}}"
                .formatted(terms));
    }

    private static List<Map<String, Object>> terms(Map<String, Object> affinity) {
        return JsonTree.objects(NodeAffinity.required(affinity), NodeAffinity.TERMS);
    }

    private static List<Map<String, Object>> preferences(Map<String, Object> affinity) {
        return JsonTree.objects(
                JsonTree.object(affinity, "nodeAffinity"), "preferredDuringSchedulingIgnoredDuringExecution");
    }

    private static List<Map<String, Object>> list(String objects) {
        return JsonTree.objects(json("{list: [%s]}".formatted(objects)), "list");
    }

    /** Words need no quotes here. */
    static Map<String, Object> json(String text) {
        try {
            return JSON.readValue(
                    text.replaceAll("([A-Za-z][A-Za-z0-9./-]*)", "\"$1\""),
                    new TypeReference<Map<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }
}
