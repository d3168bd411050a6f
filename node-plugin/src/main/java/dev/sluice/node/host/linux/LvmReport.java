package dev.sluice.node.host.linux;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads {@code --reportformat json}: every value is a string, absent ones are empty. */
final class LvmReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LvmReport() {}

    /** Rows of one kind: lv, vg or pv. */
    static List<Row> parse(String json, String kind) {
        List<Row> rows = new ArrayList<>();
        try {
            for (JsonNode report : JSON.readTree(json).path("report")) {
                report.path(kind).forEach(row -> rows.add(new Row(row)));
            }
        } catch (JsonProcessingException e) {
            throw new SluiceException(ErrorKind.HOST, "lvm report is not JSON: " + json, e);
        }
        return rows;
    }

    record Row(JsonNode fields) {
        String text(String name) {
            return fields.path(name).asText("");
        }

        @Nullable String textOrNull(String name) {
            String text = text(name);
            return text.isEmpty() ? null : text;
        }

        long number(String name) {
            return Long.parseLong(text(name));
        }

        @Nullable Integer integerOrNull(String name) {
            String text = text(name);
            return text.isEmpty() ? null : Integer.valueOf(text);
        }

        Set<String> set(String name) {
            Set<String> values = new TreeSet<>();
            for (String value : text(name).split(",", -1)) {
                if (!value.isEmpty()) {
                    values.add(value);
                }
            }
            return values;
        }
    }
}
