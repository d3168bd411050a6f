package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CrdManifestsTest {
    private static final Path CHART = Path.of("../charts/sluice/templates/crds");

    @Test
    void chartHoldsWhatTheTypesSay() throws IOException {
        GoldenFiles chart = new GoldenFiles(
                CHART, "crds.update", "./mvnw -pl csi-driver test -Dtest=CrdManifestsTest -Dcrds.update=true");
        Map<String, String> manifests = CrdManifests.render();

        chart.check(manifests);

        assertThat(manifests.values()).as("nothing that Helm would interpret").noneMatch(text -> text.contains("{{"));
    }

    @ParameterizedTest
    @MethodSource("types")
    void statusIsWrittenApartFromSpec(Class<? extends CustomResource<?, ?>> type) {
        assertThat(only(CrdManifests.definition(type)).getSubresources().getStatus())
                .isNotNull();
    }

    @ParameterizedTest
    @MethodSource("types")
    void uninstallingTheChartKeepsTheDefinitionAndSoTheData(Class<? extends CustomResource<?, ?>> type) {
        assertThat(CrdManifests.definition(type).getMetadata().getAnnotations())
                .containsEntry("helm.sh/resource-policy", "keep");
    }

    @Test
    void columnsOfACloneHydrationTellItsStory() {
        List<CustomResourceColumnDefinition> columns =
                only(CrdManifests.definition(CloneHydration.class)).getAdditionalPrinterColumns();

        assertThat(columns.stream().filter(column -> column.getPriority() == 0))
                .extracting(CustomResourceColumnDefinition::getName)
                .containsExactly("PHASE", "PROGRESS", "REMAINING", "RATE", "ETA", "ORIGIN", "NODE", "AGE");
        assertThat(columns.stream().filter(column -> column.getPriority() == 1))
                .extracting(CustomResourceColumnDefinition::getName)
                .containsExactly("VOLUME", "ENGINE", "COPIED", "SKIPPED", "REUSED", "REASON");
    }

    private static Stream<Class<? extends CustomResource<?, ?>>> types() {
        return CrdManifests.TYPES.stream();
    }

    private static CustomResourceDefinitionVersion only(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().getFirst();
    }
}
