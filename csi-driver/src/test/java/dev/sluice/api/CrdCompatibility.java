package dev.sluice.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether objects that were stored, and programs that were written, under a released definition still work under a new one. */
final class CrdCompatibility {
    private final List<String> breaks = new ArrayList<>();

    private CrdCompatibility() {}

    /** What breaks, one line each; nothing when the new definition can take the place of the released one. */
    static List<String> breaks(CustomResourceDefinition released, CustomResourceDefinition current) {
        CrdCompatibility check = new CrdCompatibility();
        String name = released.getMetadata().getName();
        check.same(
                name + ": scope",
                released.getSpec().getScope(),
                current.getSpec().getScope());
        check.same(
                name + ": kind",
                released.getSpec().getNames().getKind(),
                current.getSpec().getNames().getKind());
        for (CustomResourceDefinitionVersion version : released.getSpec().getVersions()) {
            check.version(name + " " + version.getName(), version, current);
        }
        return check.breaks;
    }

    private void version(String path, CustomResourceDefinitionVersion released, CustomResourceDefinition current) {
        current.getSpec().getVersions().stream()
                .filter(version -> version.getName().equals(released.getName()))
                .findFirst()
                .ifPresentOrElse(
                        version -> schema(
                                path,
                                released.getSchema().getOpenAPIV3Schema(),
                                version.getSchema().getOpenAPIV3Schema()),
                        () -> breaks.add(path + ": version removed"));
    }

    private void schema(String path, JSONSchemaProps released, @Nullable JSONSchemaProps current) {
        if (current == null) {
            breaks.add(path + ": removed");
            return;
        }
        same(path + ": type", released.getType(), current.getType());
        required(path, released, current);
        values(path, released.getEnum(), current.getEnum());
        released.getProperties()
                .forEach((field, schema) -> schema(
                        path + "." + field, schema, current.getProperties().get(field)));
        if (released.getItems() != null && current.getItems() != null) {
            schema(
                    path + "[]",
                    released.getItems().getSchema(),
                    current.getItems().getSchema());
        }
    }

    private void required(String path, JSONSchemaProps released, JSONSchemaProps current) {
        Set<String> added = new HashSet<>(current.getRequired());
        released.getRequired().forEach(added::remove);
        added.stream().sorted().forEach(field -> breaks.add(path + "." + field + ": required now"));
    }

    private void values(String path, List<JsonNode> released, List<JsonNode> current) {
        if (released.isEmpty() && !current.isEmpty()) {
            breaks.add(path + ": limited to certain values now");
        }
        released.stream()
                .filter(value -> !current.isEmpty() && !current.contains(value))
                .forEach(value -> breaks.add(path + ": value " + value.asText() + " removed"));
    }

    private void same(String what, @Nullable String released, @Nullable String current) {
        if (!Objects.equals(released, current)) {
            breaks.add(what + " changed from " + released + " to " + current);
        }
    }
}
