package dev.sluice.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The custom resource definitions as the chart ships them: what the generator made of the Java types, with the columns in the order of
 * the annotations (the generator sorts them by path), a spec that may not be left out, and kept by Helm on uninstall.
 */
final class CrdManifests {
    static final List<Class<? extends CustomResource<?, ?>>> TYPES = List.of(
            Attachment.class, CloneHydration.class, Export.class, Snapshot.class, StorageNode.class, Volume.class);

    private static final Path GENERATED = Path.of("target/classes/META-INF/fabric8");
    private static final String HEADER =
            "# Generated from the Java types in csi-driver: do not edit. To write it anew:\n"
                    + "#   ./mvnw -pl csi-driver test -Dtest=CrdManifestsTest -Dcrds.update=true\n";

    private CrdManifests() {}

    /** File name → content, for each type. */
    static Map<String, String> render() {
        Map<String, String> manifests = new TreeMap<>();
        for (Class<? extends CustomResource<?, ?>> type : TYPES) {
            manifests.put(HasMetadata.getPlural(type) + ".yaml", HEADER + yaml(definition(type)));
        }
        return manifests;
    }

    static CustomResourceDefinition definition(Class<? extends CustomResource<?, ?>> type) {
        CustomResourceDefinition generated = read(GENERATED.resolve(CustomResource.getCRDName(type) + "-v1.yml"));
        generated.getMetadata().setAnnotations(Map.of("helm.sh/resource-policy", "keep"));
        for (CustomResourceDefinitionVersion version : generated.getSpec().getVersions()) {
            sortColumns(version, type);
            requireSpec(version.getSchema().getOpenAPIV3Schema());
        }
        return generated;
    }

    static CustomResourceDefinition read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Serialization.unmarshal(in, CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without the marker of a new document, which would part the header from it. */
    private static String yaml(CustomResourceDefinition definition) {
        return Serialization.asYaml(definition).replaceFirst("^---\n", "");
    }

    private static void sortColumns(CustomResourceDefinitionVersion version, Class<?> type) {
        List<String> order = Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        version.setAdditionalPrinterColumns(version.getAdditionalPrinterColumns().stream()
                .sorted((left, right) -> Integer.compare(order.indexOf(left.getName()), order.indexOf(right.getName())))
                .toList());
    }

    /** Required fields inside spec mean nothing while spec itself may be absent. */
    private static void requireSpec(JSONSchemaProps schema) {
        JSONSchemaProps spec = schema.getProperties().get("spec");
        if (spec != null && !spec.getRequired().isEmpty()) {
            schema.setRequired(List.of("spec"));
        }
    }
}
