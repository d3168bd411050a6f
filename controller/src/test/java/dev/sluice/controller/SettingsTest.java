package dev.sluice.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void defaults() {
        assertThat(Settings.of(Map.of()))
                .isEqualTo(new Settings(
                        "sluice-system",
                        Path.of("/run/sluice/csi.sock"),
                        9808,
                        "controller",
                        1,
                        0,
                        0,
                        Duration.ofSeconds(30)));
    }

    @Test
    void everyVariableIsMapped() {
        assertThat(Settings.of(Map.of(
                        "NAMESPACE", "storage",
                        "CSI_ENDPOINT", "unix:///tmp/csi.sock",
                        "HEALTH_PORT", "1234",
                        "HOSTNAME", "host",
                        "POD_NAME", "pod-1",
                        "MAX_UNHYDRATED_PER_SET", "2",
                        "MAX_HYDRATIONS", "3",
                        "WEBHOOK_PORT", "9443",
                        "RESCUE_AFTER_SECONDS", "0")))
                .isEqualTo(new Settings("storage", Path.of("/tmp/csi.sock"), 1234, "pod-1", 2, 3, 9443, Duration.ZERO));
    }

    @Test
    void badValuesAreNamed() {
        assertThatThrownBy(() -> Settings.of(Map.of("CSI_ENDPOINT", "tcp://1:2")))
                .hasMessageContaining("CSI_ENDPOINT");
        assertThatThrownBy(() -> Settings.of(Map.of("HEALTH_PORT", "x"))).hasMessageContaining("HEALTH_PORT");
        assertThatThrownBy(() -> Settings.of(Map.of("RESCUE_AFTER_SECONDS", "-1")))
                .hasMessageContaining("RESCUE_AFTER_SECONDS");
        assertThatThrownBy(() -> Settings.of(Map.of("MAX_UNHYDRATED_PER_SET", "0")))
                .hasMessageContaining("MAX_UNHYDRATED_PER_SET must be 1 or more");
    }

    @Test
    void theVersionIsFilteredIn() {
        assertThat(Version.read()).matches("[0-9]+\\..*");
    }
}
