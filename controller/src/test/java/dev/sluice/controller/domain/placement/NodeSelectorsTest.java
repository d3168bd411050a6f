package dev.sluice.controller.domain.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSelectorsTest {
    private static final Worker WORKER = new Worker("n1", Map.of("disk", "ssd", "cores", "8"), true, true);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            disk | In           | ssd,hdd | true
            disk | In           | hdd     | false
            disk | NotIn        | hdd     | true
            disk | NotIn        | ssd     | false
            zone | NotIn        | a       | true
            disk | Exists       |         | true
            zone | Exists       |         | false
            zone | DoesNotExist |         | true
            disk | DoesNotExist |         | false
            cores | Gt          | 7       | true
            cores | Gt          | 8       | false
            cores | Lt          | 9       | true
            disk | Lt           | 9       | false
            disk | Unheard      | ssd     | false
            """)
    void aRequirementHoldsAsTheSchedulerReadsIt(String key, String operator, String values, boolean holds) {
        Map<String, Object> requirement = Map.of(
                "key", key, "operator", operator, "values", values == null ? List.of() : List.of(values.split(",")));

        assertThat(pod(Map.of("matchExpressions", List.of(requirement))).allows(WORKER))
                .isEqualTo(holds);
    }

    @Test
    void allRequirementsOfATermAndAnyTerm() {
        Map<String, Object> here = Map.of("key", "metadata.name", "operator", "In", "values", List.of("n1"));
        Map<String, Object> hdd = Map.of("key", "disk", "operator", "In", "values", List.of("hdd"));

        assertThat(pod(Map.of("matchFields", List.of(here))).allows(WORKER)).isTrue();
        assertThat(pod(Map.of("matchFields", List.of(here), "matchExpressions", List.of(hdd)))
                        .allows(WORKER))
                .isFalse();
        assertThat(pod(Map.of("matchExpressions", List.of(hdd)), Map.of("matchFields", List.of(here)))
                        .allows(WORKER))
                .isTrue();
        assertThat(pod(Map.of()).allows(WORKER)).as("an empty term").isFalse();
    }

    @Test
    void theNodeSelectorHoldsToo() {
        assertThat(new PodShape("default", null, Map.of("disk", "ssd"), List.of(), Map.of(), Map.of()).allows(WORKER))
                .isTrue();
        assertThat(new PodShape("default", null, Map.of("disk", "hdd"), List.of(), Map.of(), Map.of()).allows(WORKER))
                .isFalse();
    }

    @SafeVarargs
    private static PodShape pod(Map<String, Object>... terms) {
        Map<String, Object> affinity = Map.of(
                "nodeAffinity",
                Map.of("requiredDuringSchedulingIgnoredDuringExecution", Map.of("nodeSelectorTerms", List.of((Object[])
                        terms))));
        return new PodShape("default", null, Map.of(), List.of(), affinity, Map.of());
    }
}
