package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.PoolSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeSettingsTest {
    private static final Map<String, String> LEAST =
            Map.of("NODE_NAME", "n1", "NODE_ADDRESS", "10.0.0.1", "POOLS", "fast=vg0/thin, slow=vg1/thin");

    @Test
    void hasDefaults() {
        NodeSettings settings = NodeSettings.from(LEAST);

        assertThat(settings)
                .isEqualTo(new NodeSettings(
                        "n1",
                        "sluice-system",
                        Path.of("/var/lib/kubelet/plugins/csi.sluice.dev/csi.sock"),
                        9809,
                        List.of(new PoolSettings("fast", "vg0", "thin"), new PoolSettings("slow", "vg1", "thin")),
                        "10.0.0.1",
                        Path.of("/var/lib/sluice"),
                        Path.of("/var/lib/kubelet")));
        assertThat(settings.portal()).isEqualTo("10.0.0.1:3260");
        assertThat(settings.registrationSocket())
                .isEqualTo(Path.of("/var/lib/kubelet/plugins_registry/csi.sluice.dev-reg.sock"));
    }

    @Test
    void readsEverySetting() {
        NodeSettings settings = NodeSettings.from(with(Map.of(
                "NAMESPACE", "storage",
                "CSI_ENDPOINT", "unix:///run/csi.sock",
                "HEALTH_PORT", "1234",
                "NODE_ADDRESS", "fd00::1",
                "STATE_DIR", "/state",
                "KUBELET_DIR", "/kubelet")));

        assertThat(settings.namespace()).isEqualTo("storage");
        assertThat(settings.csiSocket()).isEqualTo(Path.of("/run/csi.sock"));
        assertThat(settings.healthPort()).isEqualTo(1234);
        assertThat(settings.portal()).isEqualTo("[fd00::1]:3260");
        assertThat(settings.stateDir()).isEqualTo(Path.of("/state"));
        assertThat(settings.kubeletDir()).isEqualTo(Path.of("/kubelet"));
    }

    @Test
    void namesWhatIsWrong() {
        assertThatThrownBy(() -> NodeSettings.from(Map.of()))
                .isInstanceOf(SluiceException.class)
                .hasMessageContaining("NODE_NAME");
        assertThatThrownBy(() -> NodeSettings.from(with(Map.of("POOLS", "fast"))))
                .hasMessageContaining("name=group/thinpool");
        assertThatThrownBy(() -> NodeSettings.from(with(Map.of("CSI_ENDPOINT", "tcp://x"))))
                .hasMessageContaining("unix://");
        assertThatThrownBy(() -> NodeSettings.from(with(Map.of("HEALTH_PORT", "x"))))
                .hasMessageContaining("HEALTH_PORT");
    }

    private static Map<String, String> with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(LEAST);
        all.putAll(more);
        return all;
    }
}
