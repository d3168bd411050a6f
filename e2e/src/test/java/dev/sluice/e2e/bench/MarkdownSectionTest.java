package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MarkdownSectionTest {
    private final MarkdownSection section = new MarkdownSection(Path.of("unused.md"), "start");

    @Test
    void isAddedAtTheEndTheFirstTime() {
        assertThat(section.replace("# Benchmarks\n", "one"))
                .isEqualTo("# Benchmarks\n\n<!-- bench start: begin -->\none\n<!-- bench start: end -->\n");
    }

    @Test
    void replacesOnlyItself() {
        String page = section.replace("# Benchmarks\n", "one") + "\nAfter.\n";

        assertThat(section.replace(page, "two")).isEqualTo(page.replace("one", "two"));
    }
}
