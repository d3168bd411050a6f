package dev.sluice.e2e.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of a page that a benchmark writes anew at each run, between two comments. */
record MarkdownSection(Path page, String name) {
    private static final String TITLE = "# Benchmarks\n";

    void write(String content) {
        try {
            Files.createDirectories(page.toAbsolutePath().getParent());
            String before = Files.exists(page) ? Files.readString(page) : TITLE;
            Files.writeString(page, replace(before, content));
        } catch (IOException e) {
            throw new UncheckedIOException(page.toString(), e);
        }
    }

    String replace(String text, String content) {
        String section = begin() + "\n" + content.strip() + "\n" + end();
        int from = text.indexOf(begin());
        int to = text.indexOf(end());
        if (from < 0 || to < from) {
            return text.stripTrailing() + "\n\n" + section + "\n";
        }
        return text.substring(0, from) + section + text.substring(to + end().length());
    }

    private String begin() {
        return "<!-- bench " + name + ": begin -->";
    }

    private String end() {
        return "<!-- bench " + name + ": end -->";
    }
}
