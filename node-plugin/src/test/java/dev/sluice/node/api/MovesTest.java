package dev.sluice.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportSpec;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Placement;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeMode;
import dev.sluice.api.VolumePhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.fake.FakeHost;
import dev.sluice.node.host.fake.FakeNetwork;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume goes from one whole node to another, on one API server; the test plays the controller. */
@EnableKubernetesMockClient(crud = true)
class MovesTest {
    private static final long SIZE = 64L << 20;
    private static final String VOLUME = Names.volumeId("data");
    private static final String EXPORT = Names.export(VOLUME, 2);
    private static final ExportStatus UNTOLD =
            new ExportStatus(ServedPhase.PENDING, null, null, null, null, null, null, null, null, null, null);
    private static final PoolSettings POOL = new PoolSettings("fast", "vg0", "thin");

    @SuppressWarnings("NullAway.Init") // set by the extension
    KubernetesClient client;

    @TempDir
    Path folder;

    private final FakeNetwork network = new FakeNetwork();
    private final FakeHost first = new FakeHost("n1", "10.0.0.1", network, POOL);
    private final FakeHost second = new FakeHost("n2", "10.0.0.2", network, POOL);
    private TestNode from;
    private TestNode to;

    @BeforeEach
    void start() {
        from = new TestNode(client, first, POOL, folder);
        to = new TestNode(client, second, POOL, folder);
        from.start();
        to.start();
        createVolume();
        eventually()
                .until(() ->
                        volume().getStatus() != null && volume().getStatus().phase() == VolumePhase.READY);
    }

    @AfterEach
    void stop() {
        to.close();
        from.close();
    }

    @Test
    void theOldHomeAgreesTheNewOneStacksAndTheOldCopyGoesByOrder() {
        VolumeStatus before = volume().getStatus();
        order();
        eventually().until(() -> consented() && exported().phase() == ServedPhase.READY);
        assertThat(exported().lvUuid())
                .isEqualTo(Objects.requireNonNull(before.allocated()).lvUuid());
        assertThat(exported().empty()).isFalse();

        move();
        assertThat(to.directory.awaitReady(VOLUME, Duration.ofSeconds(30)).id()).isEqualTo(VOLUME);
        assertThat(volume().getStatus().epoch()).isEqualTo(2);

        edit(export -> export.released(exported().lvUuid()));
        eventually().until(() -> exported().phase() == ServedPhase.REMOVED);
        assertThat(first.leftovers()).isEmpty();
        assertThat(second.leftovers()).contains("lv " + Names.copy(VOLUME, 2));
    }

    @Test
    void hashesThatAreAskedForAreOfferedAndGoWithTheCopy() {
        order();
        edit(ExportSpec::withDigests);
        eventually().until(() -> exported().digestBytes() != null);
        assertThat(first.leftovers())
                .contains("lv " + Names.digestVolume(VOLUME), "target " + Names.targetIqn(Names.digestExport(EXPORT)));

        move();
        assertThat(to.directory.awaitReady(VOLUME, Duration.ofSeconds(30)).id()).isEqualTo(VOLUME);
        edit(export -> export.released(exported().lvUuid()));
        eventually().until(() -> exported().phase() == ServedPhase.REMOVED);
        assertThat(first.leftovers()).isEmpty();
    }

    @Test
    void whatIsServedIsToldWithWhatOfItWasUsed() {
        order();
        eventually().until(() -> exported().usedMap() != null);
        String map = exported().usedMap();

        move();
        assertThat(to.directory.awaitReady(VOLUME, Duration.ofSeconds(30)).id()).isEqualTo(VOLUME);
        assertThat(map).isNotEqualTo("none");
        assertThat(exported().usedMap()).isEqualTo(map);
        assertThat(exported().phase()).isEqualTo(ServedPhase.READY);
        assertThat(first.hasMetadataSnapshot("vg0")).isFalse();
    }

    @Test
    void aPodThatAskedMeanwhileKeepsItsVolumeUntilItGoes() {
        from.directory.createAttachment(VOLUME);
        order();
        eventually().until(() -> "InUse".equals(exported().reason()));
        assertThat(exported().message()).contains("a pod on this node");
        assertThat(consented()).isFalse();

        from.directory.removeAttachment(VOLUME);
        eventually().until(this::consented);
    }

    @Test
    void aMoveThatIsTakenBackInTimeLeavesTheVolumeWhereItWas() {
        from.directory.createAttachment(VOLUME);
        order();
        eventually().until(() -> "InUse".equals(exported().reason()));

        edit(export -> export.withState(DesiredState.ABSENT));
        eventually().until(() -> exported().phase() == ServedPhase.REMOVED);
        editVolume(spec -> spec.withTarget(null));

        assertThat(from.directory.awaitReady(VOLUME, Duration.ofSeconds(30)).id())
                .isEqualTo(VOLUME);
    }

    @Test
    void aMoveThatIsTakenBackTooLateIsAnsweredWithTheConsent() {
        order();
        eventually().until(this::consented);

        edit(export -> export.withState(DesiredState.ABSENT));
        edit(export -> export.withState(DesiredState.PRESENT));
        move();

        assertThat(to.directory.awaitReady(VOLUME, Duration.ofSeconds(30)).id()).isEqualTo(VOLUME);
        assertThat(first.leftovers()).contains("lv " + VOLUME);
    }

    @Test
    void aNodeWithoutRoomIsToldAtOnceAndOneThatWaitsIsToldWhy() {
        to.directory.createAttachment(VOLUME);
        answer("InUse", "volume is in use on node n1");
        assertThatThrownBy(() -> to.directory.awaitReady(VOLUME, Duration.ofMillis(200)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining("in use on node n1");

        answer("NoSpace", "node n2 has 1 bytes free");
        assertThatThrownBy(() -> to.directory.awaitReady(VOLUME, Duration.ofMinutes(5)))
                .isInstanceOfSatisfying(
                        SluiceException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NO_SPACE));
    }

    @Test
    void aNodeThatAVolumeHasLeftTellsOfItNoMore() {
        order();
        eventually().until(this::consented);
        move();
        eventually().until(() -> to.tellsOf(VOLUME));

        order("n2", "n1", 3);
        eventually()
                .until(() ->
                        Long.valueOf(3).equals(exported(Names.export(VOLUME, 3)).consentedEpoch()));
        move("n2", "n1");

        eventually().until(() -> from.tellsOf(VOLUME) && !to.tellsOf(VOLUME));
    }

    private void answer(String reason, String message) {
        client.resources(Attachment.class)
                .withName(Names.attachment(VOLUME, "n2"))
                .editStatus(attachment -> {
                    attachment.setStatus(new AttachmentStatus(AttachmentState.WAITING, reason, message));
                    return attachment;
                });
    }

    private void order() {
        order("n1", "n2", 2);
    }

    private void order(String home, String target, long epoch) {
        editVolume(spec -> spec.withTarget(target));
        Export export = new Export();
        export.setMetadata(new ObjectMetaBuilder()
                .withName(Names.export(VOLUME, epoch))
                .addToLabels(Names.LABEL_NODE, home)
                .addToLabels(Names.concernsLabel(target), "true")
                .build());
        export.setSpec(new ExportSpec(VOLUME, home, target, VOLUME, epoch, DesiredState.PRESENT));
        client.resource(export).create();
    }

    private void move() {
        move("n1", "n2");
    }

    private void move(String home, String target) {
        Origin origin = new Origin(OriginKind.NODE, home, home, null, SIZE);
        client.resources(Volume.class).withName(VOLUME).edit(volume -> {
            volume.setSpec(volume.getSpec().moved(origin));
            volume.getMetadata().setLabels(Map.of(Names.concernsLabel(target), "true"));
            return volume;
        });
    }

    private boolean consented() {
        return Long.valueOf(2).equals(exported().consentedEpoch());
    }

    /** As far as its node has told; pending before. */
    private ExportStatus exported() {
        return exported(EXPORT);
    }

    private ExportStatus exported(String name) {
        return Objects.requireNonNullElse(
                client.resources(Export.class).withName(name).get().getStatus(), UNTOLD);
    }

    private void edit(UnaryOperator<ExportSpec> change) {
        client.resources(Export.class).withName(EXPORT).edit(export -> {
            export.setSpec(change.apply(export.getSpec()));
            return export;
        });
    }

    private void editVolume(UnaryOperator<VolumeSpec> change) {
        client.resources(Volume.class).withName(VOLUME).edit(volume -> {
            volume.setSpec(change.apply(volume.getSpec()));
            return volume;
        });
    }

    private Volume volume() {
        return client.resources(Volume.class).withName(VOLUME).get();
    }

    private void createVolume() {
        Volume volume = new Volume();
        volume.setMetadata(new ObjectMetaBuilder()
                .withName(VOLUME)
                .addToLabels(Names.concernsLabel("n1"), "true")
                .build());
        volume.setSpec(new VolumeSpec(
                "request",
                SIZE,
                "fast",
                VolumeMode.FILESYSTEM,
                "ext4",
                Placement.FOLLOW,
                "n1",
                null,
                1,
                null,
                null,
                HydrationSettings.DEFAULT,
                DesiredState.PRESENT));
        client.resource(volume).create();
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
