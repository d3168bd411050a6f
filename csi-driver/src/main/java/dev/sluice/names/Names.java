package dev.sluice.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of everything Sluice makes. Each derives from the id of a volume, a snapshot or an export, so that whatever is found in a
 * kernel or in the cluster can be traced back to the object it belongs to.
 */
public final class Names {
    public static final String DRIVER = "csi.sluice.dev";
    public static final String GROUP = "sluice.dev";
    public static final String VERSION = "v1alpha1";

    /** Topology: the node key names one node, a pool key is "true" on each node that has the pool. */
    public static final String TOPOLOGY_NODE = "node.sluice.dev/name";

    public static final String TOPOLOGY_POOL_PREFIX = "pool.sluice.dev/";

    /** Label on Snapshots, Exports and Attachments: the node whose plugin acts on the object. */
    public static final String LABEL_NODE = "sluice.dev/node";
    /** Label prefix on Volumes: one label for each node concerned (home, target, former homes). */
    public static final String LABEL_CONCERNS_PREFIX = "concerns.sluice.dev/";
    /** Label on Snapshots, Exports, Attachments and CloneHydrations: the volume they serve. */
    public static final String LABEL_VOLUME = "sluice.dev/volume";

    /** Label on Kubernetes nodes that no volume should come to now; its value says why in a word. */
    public static final String LABEL_UNFIT = "sluice.dev/unfit";

    /** Annotation on a Node: "true" on one that is cordoned has it emptied, as evacuate in its StorageNode does. */
    public static final String ANNOTATION_EVACUATE = "sluice.dev/evacuate";

    public static final String FINALIZER = "sluice.dev/release";

    private static final Pattern ID = Pattern.compile("[vsg]-[0-9a-f]{32}");
    private static final Pattern COPY = Pattern.compile("(v-[0-9a-f]{32})(-e[1-9][0-9]*)?");
    private static final String DM_PREFIX = "sluice-";
    private static final String DM_UUID_PREFIX = "SLUICE-";
    private static final String CLONE_SUFFIX = "-clone";
    private static final String LUKS_SUFFIX = "-luks";
    private static final String DIGEST_SUFFIX = "-digest";
    private static final String IQN_PREFIX = "iqn.2026-01.dev.sluice:";

    private Names() {}

    /** The id of the volume that CreateVolume made, or will make, under a request name: the same name gives the same id. */
    public static String volumeId(String requestName) {
        return "v-" + digest("volume/" + requestName);
    }

    public static String snapshotId(String requestName) {
        return "s-" + digest("snapshot/" + requestName);
    }

    /** The internal snapshot that freezes a live source for one clone. */
    public static String cloneSnapshotId(String cloneVolumeId) {
        return "s-" + digest("clone/" + cloneVolumeId);
    }

    /** The volume as which a snapshot is brought to another node: the snapshot is taken of it there. */
    public static String snapshotCopy(String snapshotId, String node) {
        return "v-" + digest("snapshot/" + snapshotId + "/" + node);
    }

    /** The group snapshot that CreateVolumeGroupSnapshot made, or will make, under a request name. */
    public static String groupSnapshotId(String requestName) {
        return "g-" + digest("group/" + requestName);
    }

    /** The snapshot of one volume in a group snapshot. */
    public static String groupMemberId(String groupSnapshotId, String volumeId) {
        return "s-" + digest("member/" + groupSnapshotId + "/" + volumeId);
    }

    public static boolean isVolumeId(String id) {
        return id.startsWith("v-") && ID.matcher(id).matches();
    }

    public static boolean isSnapshotId(String id) {
        return id.startsWith("s-") && ID.matcher(id).matches();
    }

    public static boolean isGroupSnapshotId(String id) {
        return id.startsWith("g-") && ID.matcher(id).matches();
    }

    /** The export that feeds one epoch of one volume. */
    public static String export(String volumeId, long epoch) {
        return "e-" + volumeId.substring(2) + "-" + epoch;
    }

    public static String attachment(String volumeId, String node) {
        return volumeId + "." + node;
    }

    public static String concernsLabel(String node) {
        return LABEL_CONCERNS_PREFIX + node;
    }

    public static String poolTopologyKey(String pool) {
        return TOPOLOGY_POOL_PREFIX + pool;
    }

    /**
     * The copy of a volume that is of this epoch, and its logical volume: a node that was left and is home again has several. The first has
     * the volume's own name, as has everything that is never left, such as a snapshot.
     */
    public static String copy(String id, long epoch) {
        return epoch == 1 ? id : id + "-e" + epoch;
    }

    /** Of a logical volume's name: the volume of which it is a copy; empty when it is no copy. */
    public static Optional<String> volumeOfCopy(String logicalVolume) {
        Matcher matcher = COPY.matcher(logicalVolume);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The logical volume that holds the engine's bitmap while a copy hydrates. */
    public static String metadataVolume(String copy) {
        return copy + "-meta";
    }

    /** The logical volume that holds the hashes of a copy that was given up. */
    public static String digestVolume(String copy) {
        return copy + DIGEST_SUFFIX;
    }

    /** Under this name the hashes of what an export serves are served themselves. */
    public static String digestExport(String exportName) {
        return exportName + DIGEST_SUFFIX;
    }

    /** The device the pod uses, over the one copy of the volume that is open on the node; stable for the life of the volume there. */
    public static String outerDevice(String volumeId) {
        return DM_PREFIX + volumeId;
    }

    /** The UUID by which a kernel tells a volume's file system from those it was cloned from and to. */
    public static UUID fileSystemUuid(String volumeId) {
        String digits = volumeId.substring(2);
        return new UUID(
                Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, digits.length(), 16));
    }

    public static String cloneDevice(String copy) {
        return DM_PREFIX + copy + CLONE_SUFFIX;
    }

    public static boolean isCloneDevice(String deviceName) {
        return isDevice(deviceName) && deviceName.endsWith(CLONE_SUFFIX);
    }

    public static String sourceDevice(String copy) {
        return DM_PREFIX + copy + "-src";
    }

    /** The decrypted device of an encrypted volume, above the outer one; there while the volume is staged. */
    public static String luksDevice(String volumeId) {
        return DM_PREFIX + volumeId + LUKS_SUFFIX;
    }

    public static boolean isLuksDevice(String deviceName) {
        return isDevice(deviceName) && deviceName.endsWith(LUKS_SUFFIX);
    }

    /** Of a name in device-mapper: ours, a decrypted device included. */
    public static boolean isDevice(String deviceName) {
        return deviceName.startsWith(DM_PREFIX);
    }

    /** The read-only device beneath an export's backstore. */
    public static String exportDevice(String exportName) {
        return DM_PREFIX + exportName;
    }

    /** The uuid of one of our device-mapper devices, by which host rules can tell them. */
    public static String dmUuid(String deviceName) {
        return DM_UUID_PREFIX + deviceName.substring(DM_PREFIX.length());
    }

    public static String targetIqn(String exportName) {
        return IQN_PREFIX + exportName;
    }

    private static String digest(String text) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
