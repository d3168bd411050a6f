package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.Map;
import org.junit.jupiter.api.Test;

@EndToEnd
class EmptyVolumeIT {
    private static final int MEBIBYTES = 8;

    @Test
    void keepsItsDataWhenThePodComesBack(Sandbox sandbox) {
        String xfs = sandbox.storageClass("xfs", Sandbox.FIRST_CONSUMER, Map.of("csi.storage.k8s.io/fstype", "xfs"));
        sandbox.claim(ClaimRequest.named("small"));
        sandbox.claim(ClaimRequest.named("large").ofClass(xfs));
        sandbox.claim(ClaimRequest.named("raw").block().ofSize("64Mi"));
        PodRequest request = PodRequest.named("writer")
                .on(sandbox.anyNode().name())
                .mounting("small", "/small")
                .mounting("large", "/large")
                .withDevice("raw", "/dev/raw");

        Workload first = sandbox.start(request);
        assertThat(first.exec("grep -E ' /(small|large) ' /proc/mounts"))
                .containsPattern("/small ext4")
                .containsPattern("/large xfs");
        String small = first.writeRandom("/small/file", MEBIBYTES);
        String large = first.writeRandom("/large/file", MEBIBYTES);
        first.writeRandom("/dev/raw", MEBIBYTES);
        String raw = first.checksum("/dev/raw", MEBIBYTES);
        first.stop();
        Workload second = sandbox.start(request);

        assertThat(second.checksum("/small/file")).isEqualTo(small);
        assertThat(second.checksum("/large/file")).isEqualTo(large);
        assertThat(second.checksum("/dev/raw", MEBIBYTES)).isEqualTo(raw);
    }

    @Test
    void isMadeWithoutAPodWhereTheClassSaysImmediate(Sandbox sandbox) {
        sandbox.claim(ClaimRequest.named("data").ofClass("sluice-immediate"));

        sandbox.awaitBound("data");
        Workload pod = sandbox.start(PodRequest.named("writer").mounting("data", "/data"));

        assertThat(pod.writeRandom("/data/file", MEBIBYTES)).hasSize(64);
    }
}
