package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrdCompatibilityTest {
    private static final Path RELEASED = Path.of("src/test/resources/crds-released");
    private static final Path CHANGELOG = Path.of("../CHANGELOG.md");
    private static final Pattern A_RELEASE = Pattern.compile("(?m)^## \\[\\d");

    @Test
    void nothingThatWasReleasedIsBroken() throws IOException {
        for (Class<? extends CustomResource<?, ?>> type : CrdManifests.TYPES) {
            Path released = RELEASED.resolve(CustomResource.getCRDName(type).replace(".sluice.dev", ".yaml"));
            if (Files.exists(released)) {
                assertThat(CrdCompatibility.breaks(CrdManifests.read(released), CrdManifests.definition(type)))
                        .isEmpty();
            }
        }
    }

    @Test
    void theDefinitionsOfTheLastReleaseAreHere() throws IOException {
        boolean somethingWasReleased =
                A_RELEASE.matcher(Files.readString(CHANGELOG)).find();

        try (Stream<Path> copies = Files.list(RELEASED)) {
            assertThat(copies.anyMatch(file -> file.toString().endsWith(".yaml")))
                    .as("copies of charts/sluice/templates/crds/*.yaml in csi-driver/%s", RELEASED)
                    .isEqualTo(somethingWasReleased);
        }
    }

    @Test
    void theSameDefinitionBreaksNothing() {
        assertThat(breaksWhen(spec -> {})).isEmpty();
    }

    @Test
    void aNewOptionalFieldBreaksNothing() {
        assertThat(breaksWhen(spec -> spec.getProperties().put("colour", new JSONSchemaProps())))
                .isEmpty();
    }

    @Test
    void aRemovedFieldBreaks() {
        assertThat(breaksWhen(spec -> spec.getProperties().remove("pool")))
                .containsExactly("volumes.sluice.dev v1alpha1.spec.pool: removed");
    }

    @Test
    void aFieldOfAnotherTypeBreaks() {
        assertThat(breaksWhen(spec -> field(spec, "epoch").setType("string")))
                .containsExactly("volumes.sluice.dev v1alpha1.spec.epoch: type changed from integer to string");
    }

    @Test
    void aFieldThatBecomesRequiredBreaks() {
        assertThat(breaksWhen(spec -> spec.getRequired().add("target")))
                .containsExactly("volumes.sluice.dev v1alpha1.spec.target: required now");
    }

    @Test
    void aRemovedValueBreaks() {
        assertThat(breaksWhen(spec -> field(spec, "mode").setEnum(List.of(new TextNode("Block")))))
                .containsExactly("volumes.sluice.dev v1alpha1.spec.mode: value Filesystem removed");
    }

    @Test
    void aRemovedVersionBreaks() {
        CustomResourceDefinition current = CrdManifests.definition(Volume.class);
        current.getSpec().getVersions().getFirst().setName("v2");

        assertThat(CrdCompatibility.breaks(CrdManifests.definition(Volume.class), current))
                .containsExactly("volumes.sluice.dev v1alpha1: version removed");
    }

    private static List<String> breaksWhen(Consumer<JSONSchemaProps> change) {
        CustomResourceDefinition current = CrdManifests.definition(Volume.class);
        JSONSchemaProps schema =
                current.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
        change.accept(field(schema, "spec"));
        return CrdCompatibility.breaks(CrdManifests.definition(Volume.class), current);
    }

    private static JSONSchemaProps field(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name));
    }
}
