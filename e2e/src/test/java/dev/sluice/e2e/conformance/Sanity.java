package dev.sluice.e2e.conformance;

import dev.sluice.e2e.cluster.Cluster;
import dev.sluice.e2e.cluster.Driver;
import dev.sluice.e2e.cluster.Node;
import io.fabric8.kubernetes.api.model.Pod;

/** csi-sanity on the node of the controller, where the sockets of both processes are. */
final class Sanity {
    private static final String KUBELET = "/var/lib/kubelet";
    private static final String FOLDER = KUBELET + "/csi-sanity";

    private final Cluster cluster;

    Sanity(Cluster cluster) {
        this.cluster = cluster;
    }

    /** @param accessType mount or block */
    SanityReport run(String accessType) {
        Pod controller = new Driver(cluster.client()).controllers().getFirst();
        Node node = new Node(cluster, controller.getSpec().getNodeName());
        // The suite asks for volumes anywhere and stages them on the one node it can reach.
        evacuateOthers(node, "true");
        try {
            String output = node.sh("mkdir -p " + FOLDER + "; " + command(controller, accessType) + " 2>&1 || true");
            return SanityReport.parse(node.sh("cat " + FOLDER + "/report.xml || true"), output);
        } finally {
            evacuateOthers(node, "null");
            node.sh("rm -rf --one-file-system " + FOLDER);
        }
    }

    private void evacuateOthers(Node node, String value) {
        cluster.nodes().stream()
                .filter(each -> !each.equals(node.name()))
                .forEach(other -> cluster.kubectl(
                                "patch",
                                "storagenode",
                                other,
                                "--type=merge",
                                "-p",
                                "{\"spec\":{\"evacuate\":" + value + "}}")
                        .orFail("storagenode " + other));
    }

    private static String command(Pod controller, String accessType) {
        String node = KUBELET + "/plugins/csi.sluice.dev/csi.sock";
        String pod = KUBELET + "/pods/" + controller.getMetadata().getUid();
        return String.join(
                " ",
                "/lab/bin/csi-sanity",
                "--csi.endpoint=unix:" + node,
                "--csi.controllerendpoint=unix:" + pod + "/volumes/kubernetes.io~empty-dir/socket/csi.sock",
                "--csi.stagingdir=" + FOLDER + "/staging",
                "--csi.mountdir=" + FOLDER + "/target",
                "--csi.testvolumeaccesstype=" + accessType,
                "--csi.testvolumesize=" + (1L << 30),
                "--csi.testvolumeexpandsize=" + (2L << 30),
                "--ginkgo.no-color",
                "--ginkgo.junit-report=" + FOLDER + "/report.xml");
    }
}
