package dev.sluice.node.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolume;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CopyTagsTest {
    @Test
    void whatIsPrintedIsRead() {
        CopyTags tags = new CopyTags(7, CopyState.EXPOSED, 1L << 30, 65536, 42);

        assertThat(CopyTags.of(volume(tags.print()))).isEqualTo(tags);
        assertThat(tags.print()).allMatch(tag -> tag.matches("[A-Za-z0-9_+./=!:&#-]+"), "LVM accepts it");
    }

    @Test
    void foreignVolumesAreNotOurs() {
        assertThat(CopyTags.find(volume(Set.of("backup=yes")))).isEmpty();
        assertThatThrownBy(() -> CopyTags.of(volume(Set.of())))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("data/v-1")
                .hasMessageContaining("left alone");
    }

    private static LogicalVolume volume(Set<String> tags) {
        return new LogicalVolume("data", "vg", "v-1", "lv", 1L << 30, "sluice", 1, tags, null);
    }
}
