package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.names.Names;
import org.junit.jupiter.api.Test;

class HydrationTextTest {
    @Test
    void theOriginIsWhereTheBytesAre() {
        String source = Names.volumeId("source");

        assertThat(HydrationText.origin(new Origin(OriginKind.VOLUME, source, "n1", null, 1)))
                .isEqualTo("n1/" + source.substring(0, 10));
        assertThat(HydrationText.origin(new Origin(OriginKind.NODE, "n1", "n1", null, 1)))
                .as("of a volume that moved")
                .isEqualTo("node/n1");
    }
}
