package dev.sluice.controller.api;

import dev.sluice.api.Condition;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.api.StorageNodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;

/** Storage nodes that are fit and alive, as their plugins would tell. */
final class TestNodes {
    private TestNodes() {}

    static void create(KubernetesClient client, String name) {
        String now = Clock.systemUTC().instant().toString();
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace("sluice-system")
                        .withName("node-" + name)
                        .endMetadata()
                        .withNewSpec()
                        .withRenewTime(Clock.systemUTC().instant().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
        StorageNode node = new StorageNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setSpec(StorageNodeSpec.DEFAULT);
        client.resource(node).create();
        node.setStatus(new StorageNodeStatus(
                "10.0.0.1",
                "key",
                "iqn",
                "6.1",
                "dm-clone",
                List.of(new PoolStatus("fast", "vg", "thin", "vg-" + name, 100L << 30, 100L << 30, 1, 65536)),
                List.of(),
                List.of(new Condition("Ready", "True", "PreflightPassed", "fit", now, null))));
        client.resource(node).updateStatus();
    }
}
