package dev.sluice.node.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of docs/benchmarks.md that a run writes anew, between the same two comments as the lab's benchmarks use. */
public record MarkdownSection(String name) {
    private static final Path PAGE = Path.of("..", "docs", "benchmarks.md");

    public void write(String content) {
        String begin = "<!-- " + name + ": begin -->";
        String end = "<!-- " + name + ": end -->";
        String section = begin + "\n" + content.strip() + "\n" + end;
        try {
            String page = Files.readString(PAGE);
            int from = page.indexOf(begin);
            int to = page.indexOf(end);
            Files.writeString(
                    PAGE,
                    from < 0 || to < from
                            ? page.stripTrailing() + "\n\n" + section + "\n"
                            : page.substring(0, from) + section + page.substring(to + end.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it ran, in a sentence. */
    public static String machine() {
        return "Java %s, %d CPUs (%s), Linux %s"
                .formatted(
                        Runtime.version(),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        System.getProperty("os.version"));
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
