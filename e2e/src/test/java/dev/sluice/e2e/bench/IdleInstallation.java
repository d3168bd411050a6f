package dev.sluice.e2e.bench;

import static org.awaitility.Awaitility.await;

import dev.sluice.e2e.fixture.Replica;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.StatefulSetRequest;
import dev.sluice.e2e.idle.IdleDriverMain;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriverBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The driver that does nothing, on every node while this is open: its classes travel in a ConfigMap, and Sluice's image has the Java
 * runtime and the libraries it needs.
 */
final class IdleInstallation implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final String NAME = "idle-driver";
    private static final String JAR = "idle-driver.jar";
    private static final String KUBELET = "/var/lib/kubelet";
    // The image's class path as it stands, so that its class archive is of use.
    private static final String COMMAND = "exec /opt/sluice/jre/bin/java @/opt/sluice/etc/jvm.args -Xmx32m"
            + " -cp `tail -n1 /opt/sluice/app/node-plugin.args`:/idle/" + JAR + " " + IdleDriverMain.class.getName()
            + " \"$NODE_NAME\" " + KUBELET;

    private final Sandbox sandbox;
    private final KubernetesClient client;
    private final String namespace;
    private final StatefulSetRequest request;
    private @Nullable Replica replica;

    private IdleInstallation(Sandbox sandbox, StatefulSetRequest wanted) {
        this.sandbox = sandbox;
        this.client = sandbox.cluster().client();
        this.namespace = sandbox.namespace() + "-idle";
        this.request = wanted.ofClass("");
    }

    /** With a StatefulSet, whose pod is ready. */
    static IdleInstallation open(Sandbox sandbox, StatefulSetRequest wanted) {
        IdleInstallation installation = new IdleInstallation(sandbox, wanted);
        try {
            installation.install();
            installation.createVolume();
            installation.replica = sandbox.submit(installation.request);
            installation.replica().awaitReady();
            return installation;
        } catch (RuntimeException | AssertionError failure) {
            installation.close();
            throw failure;
        }
    }

    Replica replica() {
        return Objects.requireNonNull(replica, "it is there once it is open");
    }

    private void install() {
        String image = sandbox.driver()
                .nodePlugin(sandbox.node(0).name())
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage();
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        client.storage()
                .v1()
                .csiDrivers()
                .resource(new CSIDriverBuilder()
                        .withNewMetadata()
                        .withName(IdleDriverMain.NAME)
                        .endMetadata()
                        .withNewSpec()
                        .withAttachRequired(false)
                        .withPodInfoOnMount(false)
                        .withFsGroupPolicy("None")
                        .withVolumeLifecycleModes("Persistent")
                        .endSpec()
                        .build())
                .serverSideApply();
        client.configMaps()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(NAME)
                        .endMetadata()
                        .addToBinaryData(JAR, Base64.getEncoder().encodeToString(jar()))
                        .build())
                .create();
        client.apps().daemonSets().resource(daemonSet(image)).create();
        await("every kubelet knows the driver that does nothing")
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> sandbox.cluster().nodes().stream().allMatch(this::isRegistered));
    }

    private boolean isRegistered(String node) {
        return client.storage().v1().csiNodes().withName(node).get().getSpec().getDrivers().stream()
                .anyMatch(driver -> driver.getName().equals(IdleDriverMain.NAME));
    }

    private DaemonSet daemonSet(String image) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", NAME)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", NAME)
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds(10L)
                .addNewContainer()
                .withName(NAME)
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("sh", "-c", COMMAND)
                .addNewEnv()
                .withName("NODE_NAME")
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath("spec.nodeName")
                .endFieldRef()
                .endValueFrom()
                .endEnv()
                .withNewSecurityContext()
                .withPrivileged(true)
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("kubelet")
                .withMountPath(KUBELET)
                .withMountPropagation("Bidirectional")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("classes")
                .withMountPath("/idle")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("kubelet")
                .withNewHostPath(KUBELET, "Directory")
                .endVolume()
                .addNewVolume()
                .withName("classes")
                .withNewConfigMap()
                .withName(NAME)
                .endConfigMap()
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /** Nobody provisions it: it is there for one claim. */
    private void createVolume() {
        client.persistentVolumes()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .addToLabels(Sandbox.LABEL, sandbox.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withStorageClassName("")
                        .withAccessModes("ReadWriteOnce")
                        .addToCapacity("storage", Quantity.parse(request.size()))
                        .withPersistentVolumeReclaimPolicy("Retain")
                        .withNewClaimRef()
                        .withNamespace(sandbox.namespace())
                        .withName(request.claim())
                        .endClaimRef()
                        .withNewCsi()
                        .withDriver(IdleDriverMain.NAME)
                        .withVolumeHandle(namespace)
                        .endCsi()
                        .endSpec()
                        .build())
                .create();
    }

    /** The driver goes last: without it no kubelet could take the volume from the pod. */
    @Override
    public void close() {
        if (replica != null) {
            replica.remove();
        }
        client.persistentVolumes().withName(namespace).delete();
        client.namespaces().withName(namespace).delete();
        await("the driver that does nothing is gone")
                .atMost(LIMIT)
                .until(() -> client.namespaces().withName(namespace).get() == null);
        client.storage().v1().csiDrivers().withName(IdleDriverMain.NAME).delete();
    }

    /** The classes of the driver's package, as Maven compiled them. */
    static byte[] jar() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            Path classes = Path.of(IdleDriverMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path folder = classes.resolve(IdleDriverMain.class.getPackageName().replace('.', '/'));
            List<Path> files;
            try (var found = Files.list(folder)) {
                files = found.filter(file -> !file.getFileName().toString().contains("Test"))
                        .sorted()
                        .toList();
            }
            for (Path file : files) {
                jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                jar.write(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the classes of the driver that does nothing", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes are in no folder", e);
        }
        return bytes.toByteArray();
    }
}
