package dev.sluice.controller.domain.placement;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks into an object of the API as JSON has it: maps, lists, strings. What is absent, or of another shape, is empty. */
final class JsonTree {
    private JsonTree() {}

    static Map<String, Object> object(Map<String, Object> in, String key) {
        return object(in.get(key));
    }

    static Map<String, Object> object(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Map.of();
        }
        @SuppressWarnings("unchecked") // the keys of a JSON object are strings
        Map<String, Object> object = (Map<String, Object>) map;
        return object;
    }

    static List<Map<String, Object>> objects(Map<String, Object> in, String key) {
        return in.get(key) instanceof List<?> list
                ? list.stream().map(JsonTree::object).toList()
                : List.of();
    }

    static List<String> strings(Map<String, Object> in, String key) {
        return in.get(key) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    static @Nullable String string(Map<String, Object> in, String key) {
        return Objects.toString(in.get(key), null);
    }
}
