package dev.sluice.controller.rpc;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.controller.domain.VolumeChanges.Tuning;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of a StorageClass or a VolumeAttributesClass. A key that is not known is refused: a typing error must not be silent. */
record Parameters(Map<String, String> values) {
    static final String FS_TYPE = "csi.storage.k8s.io/fstype";
    static final String POOL = "pool";
    static final String PLACEMENT = "placement";
    static final String REGION_SIZE = "regionSize";
    static final String MAX_BYTES_PER_SECOND = "maxBytesPerSecond";
    static final String PRIORITY = "priority";
    static final String ENCRYPTED = "encrypted";
    static final String ENCRYPTED_DISCARDS = "encryptedDiscards";
    static final String CLAIM_NAME = "csi.storage.k8s.io/pvc/name";
    static final String CLAIM_NAMESPACE = "csi.storage.k8s.io/pvc/namespace";
    static final String VOLUME_NAME = "csi.storage.k8s.io/pv/name";

    private static final Set<String> MUTABLE = Set.of(MAX_BYTES_PER_SECOND, PRIORITY);
    private static final Set<String> CLASS = Set.of(
            FS_TYPE,
            POOL,
            PLACEMENT,
            REGION_SIZE,
            MAX_BYTES_PER_SECOND,
            PRIORITY,
            ENCRYPTED,
            ENCRYPTED_DISCARDS,
            CLAIM_NAME,
            CLAIM_NAMESPACE,
            VOLUME_NAME);
    private static final Set<String> FILE_SYSTEMS = Set.of("ext4", "xfs");
    /** For the sidecars and the kubelet; CreateVolume does not bring them, but GetCapacity may. */
    private static final Pattern SECRET_REFERENCE =
            Pattern.compile("csi\\.storage\\.k8s\\.io/[a-z-]+-secret-(name|namespace)");

    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15})(Ki|Mi|Gi|Ti)?");
    private static final long SMALLEST_REGION = 4L << 10;
    private static final long LARGEST_REGION = 1L << 20;

    static Parameters ofClass(Map<String, String> values) {
        return checked(values, CLASS, "parameter");
    }

    static Parameters mutable(Map<String, String> values) {
        return checked(values, MUTABLE, "mutable parameter");
    }

    private static Parameters checked(Map<String, String> values, Set<String> known, String what) {
        for (String key : values.keySet()) {
            if (!known.contains(key) && !SECRET_REFERENCE.matcher(key).matches()) {
                throw invalid("unknown " + what + " " + Text.quoted(key) + "; known are "
                        + String.join(", ", new TreeSet<>(known)));
            }
        }
        return new Parameters(Map.copyOf(values));
    }

    void refuseUnsupportedPlacement() {
        String placement = values.getOrDefault(PLACEMENT, "Pinned");
        if (placement.equals("Follow")) {
            throw invalid("placement Follow is not yet offered: use Pinned");
        }
        if (!placement.equals("Pinned")) {
            throw invalid("placement must be Pinned, not " + Text.quoted(placement));
        }
    }

    @Nullable String pool() {
        return values.get(POOL);
    }

    /** The capability's file system, or the class's; null when neither names one. */
    @Nullable String fileSystem(String capability) {
        String fsType = capability.isEmpty() ? values.getOrDefault(FS_TYPE, "") : capability;
        if (fsType.isEmpty()) {
            return null;
        }
        if (!FILE_SYSTEMS.contains(fsType)) {
            throw invalid("file system " + Text.quoted(fsType) + " is not supported: use ext4 or xfs");
        }
        return fsType;
    }

    /** Null when the volume is not to be encrypted. The key is none of the controller's business: only nodes see it. */
    @Nullable Encryption encryption() {
        boolean discards = flag(ENCRYPTED_DISCARDS);
        if (!flag(ENCRYPTED)) {
            if (discards) {
                throw invalid(
                        "encryptedDiscards is for encrypted volumes: set encrypted to \"true\" too, or leave it out");
            }
            return null;
        }
        return new Encryption(discards);
    }

    HydrationSettings hydration() {
        HydrationSettings settings = new HydrationSettings(false, null, 0, regionBytes());
        return tuning().applyTo(settings);
    }

    Tuning tuning() {
        String rate = values.get(MAX_BYTES_PER_SECOND);
        String priority = values.get(PRIORITY);
        return new Tuning(
                rate == null ? null : quantity(MAX_BYTES_PER_SECOND, rate),
                priority == null ? null : Integer.valueOf(integer(priority)));
    }

    /** Null when the request does not come from a provisioner that names the PVC. */
    @Nullable ClaimReference claim() {
        String name = values.getOrDefault(CLAIM_NAME, "");
        String namespace = values.getOrDefault(CLAIM_NAMESPACE, "");
        return name.isEmpty() || namespace.isEmpty()
                ? null
                : new ClaimReference(namespace, name, values.get(VOLUME_NAME));
    }

    private @Nullable Long regionBytes() {
        String text = values.get(REGION_SIZE);
        if (text == null) {
            return null;
        }
        long bytes = quantity(REGION_SIZE, text);
        if (bytes < SMALLEST_REGION || bytes > LARGEST_REGION || Long.bitCount(bytes) != 1) {
            throw invalid("regionSize must be a power of two from 4Ki to 1Mi, not " + Text.quoted(text));
        }
        return bytes;
    }

    private boolean flag(String key) {
        String text = values.getOrDefault(key, "false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(key + " must be \"true\" or \"false\", not " + Text.quoted(text));
        };
    }

    private static long quantity(String key, String text) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw invalid(key + " must be bytes, for example 1048576 or 64Ki, not " + Text.quoted(text));
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : 10 * (1 + "KMGT".indexOf(unit.charAt(0)));
        long number = Long.parseLong(matcher.group(1));
        if (number == 0 || number > Long.MAX_VALUE >> shift) {
            throw invalid(key + " is out of range: " + text);
        }
        return number << shift;
    }

    private static int integer(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid("priority must be a whole number, not " + Text.quoted(text));
        }
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(ErrorKind.INVALID, message);
    }
}
