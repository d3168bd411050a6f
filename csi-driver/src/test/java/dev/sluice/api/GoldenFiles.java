package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of committed files that a program can make anew.
 *
 * @param updateProperty system property that, when true, writes the folder instead of comparing it
 * @param command what a person runs to that end
 */
record GoldenFiles(Path folder, String updateProperty, String command) {

    /** The folder holds exactly these files: a missing, a stale and a changed one are all differences. */
    void check(Map<String, String> wanted) throws IOException {
        if (Boolean.getBoolean(updateProperty)) {
            write(wanted);
        }
        Map<String, String> committed = read();
        assertThat(committed.keySet())
                .as("files in %s; after a wanted change run: %s", folder, command)
                .isEqualTo(wanted.keySet());
        wanted.forEach((name, text) -> assertThat(committed.get(name))
                .as("%s/%s; after a wanted change run: %s", folder, name, command)
                .isEqualTo(text));
    }

    private void write(Map<String, String> wanted) throws IOException {
        Files.createDirectories(folder);
        for (String stale : read().keySet()) {
            Files.delete(folder.resolve(stale));
        }
        for (Map.Entry<String, String> file : wanted.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(".yaml"))
                    .forEach(file -> texts.put(file.getFileName().toString(), text(file)));
        }
        return texts;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
