package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.DesiredState;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.PoolStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.EndToEnd;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A clone of a tebibyte in which little was written. No claim asks for it: room for all of it would have to be free, which no pool of a test has. So
 * the objects are written that the controller would write.
 */
@EndToEnd
class LargeVolumeIT {
    private static final long SIZE = 1L << 40;
    private static final int SECTOR = 512;
    private static final long LAST_MEBIBYTE = SIZE / Scene.MEBIBYTE - 1;
    /** In MiB: where 8 MiB each are written. */
    private static final List<Long> PLACES = List.of(0L, 700_000L, LAST_MEBIBYTE - 7);

    private static final long USED = PLACES.size() * 8 * Scene.MEBIBYTE;
    /** The device is made at once; what of it is copied does not matter. */
    private static final Duration AT_ONCE = Duration.ofSeconds(30);

    private static final Duration WHOLE = Duration.ofMinutes(3);

    @Test
    void aTebibyteIsThereAtOnceAndOnlyWhatWasWrittenComes(Sandbox sandbox) {
        KubernetesClient client = sandbox.cluster().client();
        Node origin = sandbox.node(0);
        Node home = sandbox.node(1);
        String source = Names.volumeId(sandbox.namespace() + "-source");
        String clone = Names.volumeId(sandbox.namespace() + "-clone");
        try {
            create(sandbox, source, origin, null);
            awaitStatus(client, source, AT_ONCE, status -> status.phase() == VolumePhase.READY);
            write(origin, source);

            create(
                    sandbox,
                    clone,
                    home,
                    new Origin(OriginKind.VOLUME, source, origin.name(), Names.cloneSnapshotId(clone), SIZE));
            awaitStatus(client, clone, AT_ONCE, status -> status.phase() == VolumePhase.READY);

            assertThat(home.targets(clone)).containsExactly("linear");
            assertThat(home.progress(clone).total() * home.progress(clone).regionBytes())
                    .isEqualTo(SIZE);
            assertThat(metadataBlocks(home, clone))
                    .as("what the engine's metadata takes")
                    .isLessThanOrEqualTo(1);
            String sums = checksums(origin, source);
            assertThat(checksums(home, clone)).as("read through to the origin").isEqualTo(sums);

            awaitStatus(client, clone, WHOLE, VolumeStatus::hydrated);
            home.dropCaches();
            assertThat(checksums(home, clone)).as("local").isEqualTo(sums);
            assertThat(usedBytes(home, clone)).isBetween(USED, USED + USED / 10);
        } finally {
            remove(client, clone);
            remove(client, source);
        }
    }

    private static void create(Sandbox sandbox, String id, Node home, @Nullable Origin origin) {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder()
                .withName(id)
                .addToLabels(Names.concernsLabel(home.name()), "true")
                .addToFinalizers(Names.FINALIZER)
                .build());
        volume.setSpec(new VolumeSpec(
                id,
                SIZE,
                pool(sandbox, home),
                VolumeMode.BLOCK,
                null,
                Placement.PINNED,
                home.name(),
                null,
                1,
                origin,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT));
        sandbox.cluster().client().resource(volume).create();
    }

    private static String pool(Sandbox sandbox, Node node) {
        return Optional.ofNullable(sandbox.cluster()
                        .client()
                        .resources(StorageNode.class)
                        .withName(node.name())
                        .require()
                        .getStatus())
                .map(StorageNodeStatus::pools)
                .map(List::getFirst)
                .map(PoolStatus::name)
                .orElseThrow(() -> new AssertionError(node.name() + " has not reported its pools"));
    }

    private static void awaitStatus(KubernetesClient client, String id, Duration limit, Predicate<VolumeStatus> done) {
        await("volume " + id).atMost(limit).until(() -> {
            VolumeStatus status =
                    client.resources(Volume.class).withName(id).require().getStatus();
            return status != null && done.test(status);
        });
    }

    private static void write(Node node, String id) {
        String device = node.device(id);
        for (long place : PLACES) {
            node.sh("dd if=/dev/urandom of=%s bs=1M seek=%d count=8 oflag=direct conv=notrunc status=none"
                    .formatted(device, place));
        }
    }

    /** Of what was written, and of what lies around it, past the page cache. */
    private static String checksums(Node node, String id) {
        String device = node.device(id);
        StringBuilder script = new StringBuilder();
        for (long place : PLACES) {
            long begin = Math.max(0, place - 4);
            long end = Math.min(LAST_MEBIBYTE + 1, place + 12);
            script.append("dd if=%s bs=1M skip=%d count=%d iflag=direct status=none | sha256sum\n"
                    .formatted(device, begin, end - begin));
        }
        return node.sh(script.toString());
    }

    /** How much of its metadata volume the engine has filled. */
    private static double metadataBlocks(Node node, String id) {
        String[] blocks = node.sh("dmsetup status --noflush %s | awk '{ print $5 }'"
                        .formatted(Names.cloneDevice(Names.copy(id, 1))))
                .strip()
                .split("/", -1);
        return Double.parseDouble(blocks[0]) / Double.parseDouble(blocks[1]);
    }

    /** What the thin pool has given to the volume. */
    private static long usedBytes(Node node, String id) {
        String sectors = node.sh(
                "dmsetup status --target thin | awk '$1 ~ /%s:$/ { print $5 }'".formatted(id.replace("-", "--")));
        return Long.parseLong(sectors.strip()) * SECTOR;
    }

    private static void remove(KubernetesClient client, String id) {
        var volume = client.resources(Volume.class).withName(id);
        if (volume.get() == null) {
            return;
        }
        volume.edit(found -> {
            found.setSpec(found.getSpec().withState(DesiredState.ABSENT));
            return found;
        });
        await("volume " + id + " is removed").atMost(AT_ONCE).until(() -> volume.get() == null);
    }
}
