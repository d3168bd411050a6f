package dev.sluice.controller.rpc;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.controller.domain.VolumeChanges.Tuning;
import dev.sluice.controller.domain.VolumeCreation;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.filesystem.FileSystemType;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of a StorageClass or a VolumeAttributesClass. A key that is not known is refused: a typing error must not be silent. */
record Parameters(Map<String, String> values) {
    /** For the sidecars and the kubelet; CreateVolume does not bring them, but GetCapacity may. */
    private static final Pattern SECRET_REFERENCE =
            Pattern.compile("csi\\.storage\\.k8s\\.io/[a-z-]+-secret-(name|namespace)");

    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15})(Ki|Mi|Gi|Ti)?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Duration LONGEST_RETENTION = Duration.ofDays(30);
    private static final int LARGEST_LATENCY_BUDGET = 1000;
    private static final long SMALLEST_REGION = 4L << 10;
    private static final long LARGEST_REGION = 1L << 20;

    static Parameters ofClass(Map<String, String> values) {
        return checked(values, Parameter.ofClass(), "parameter");
    }

    static Parameters mutable(Map<String, String> values) {
        return checked(values, Parameter.mutable(), "mutable parameter");
    }

    private static Parameters checked(Map<String, String> values, Set<String> known, String what) {
        for (String key : values.keySet()) {
            if (!known.contains(key) && !SECRET_REFERENCE.matcher(key).matches()) {
                throw new SluiceException(
                        ErrorKind.INVALID,
                        "unknown " + what + " " + Text.quoted(key) + "; known are " + String.join(", ", known));
            }
        }
        return new Parameters(Map.copyOf(values));
    }

    private @Nullable String find(Parameter parameter) {
        return values.get(parameter.key());
    }

    Placement placement() {
        String placement = Objects.requireNonNullElse(find(Parameter.PLACEMENT), "Follow");
        return switch (placement) {
            case "Pinned" -> Placement.PINNED;
            case "Follow" -> Placement.FOLLOW;
            default -> throw Parameter.PLACEMENT.refusal("must be Pinned or Follow, not " + Text.quoted(placement));
        };
    }

    @Nullable String pool() {
        return find(Parameter.POOL);
    }

    /** The capability's file system, or the class's; null when neither names one. */
    @Nullable String fileSystem(String capability) {
        String ofClass = find(Parameter.FS_TYPE);
        String fsType = capability.isEmpty() && ofClass != null ? ofClass : capability;
        return fsType.isEmpty() ? null : FileSystemType.named(fsType).word();
    }

    /** Words for mkfs; null when the class names none. */
    @Nullable List<String> mkfsOptions(@Nullable String fsType) {
        String text = find(Parameter.MKFS_OPTIONS);
        if (text == null) {
            return null;
        }
        return FileSystemType.named(fsType == null ? VolumeCreation.DEFAULT_FILE_SYSTEM : fsType)
                .parseMkfsOptions(text);
    }

    /** Null when the volume is not to be encrypted. The key is none of the controller's business: only nodes see it. */
    @Nullable Encryption encryption() {
        boolean discards = flag(Parameter.ENCRYPTED_DISCARDS);
        if (!flag(Parameter.ENCRYPTED)) {
            if (discards) {
                throw Parameter.ENCRYPTED_DISCARDS.refusal(
                        "is for encrypted volumes: set encrypted to \"true\" too, or leave it out");
            }
            return null;
        }
        return new Encryption(discards);
    }

    HydrationSettings hydration() {
        HydrationSettings settings = new HydrationSettings(false, null, 0, regionBytes())
                .copying(count(Parameter.HYDRATION_BATCH_SIZE), count(Parameter.HYDRATION_THRESHOLD));
        return tuning().applyTo(settings.retaining(retainOrigin().toSeconds()));
    }

    Tuning tuning() {
        String priority = find(Parameter.PRIORITY);
        return new Tuning(
                rate(Parameter.MAX_BYTES_PER_SECOND),
                rate(Parameter.MIN_BYTES_PER_SECOND),
                latencyBudget(),
                priority == null ? null : Integer.valueOf(integer(Parameter.PRIORITY, priority)));
    }

    /** Null when the request does not come from a provisioner that names the PVC. */
    @Nullable ClaimReference claim() {
        String name = find(Parameter.CLAIM_NAME);
        String namespace = find(Parameter.CLAIM_NAMESPACE);
        return name == null || namespace == null || name.isEmpty() || namespace.isEmpty()
                ? null
                : new ClaimReference(namespace, name, find(Parameter.VOLUME_NAME));
    }

    private @Nullable Long regionBytes() {
        String text = find(Parameter.REGION_SIZE);
        if (text == null) {
            return null;
        }
        long bytes = quantity(Parameter.REGION_SIZE, text);
        if (bytes < SMALLEST_REGION || bytes > LARGEST_REGION || Long.bitCount(bytes) != 1) {
            throw Parameter.REGION_SIZE.refusal("must be a power of two from 4Ki to 1Mi, not " + Text.quoted(text));
        }
        return bytes;
    }

    private Duration retainOrigin() {
        String text = Objects.requireNonNullElse(find(Parameter.RETAIN_ORIGIN), "10m");
        Matcher matcher = DURATION.matcher(text);
        Duration duration = matcher.matches()
                ? Duration.of(
                        Long.parseLong(matcher.group(1)),
                        switch (matcher.group(2)) {
                            case "s" -> ChronoUnit.SECONDS;
                            case "m" -> ChronoUnit.MINUTES;
                            case "h" -> ChronoUnit.HOURS;
                            default -> ChronoUnit.DAYS;
                        })
                : LONGEST_RETENTION.plusDays(1);
        if (duration.compareTo(LONGEST_RETENTION) > 0) {
            throw Parameter.RETAIN_ORIGIN.refusal("must be from 0s to 30d, for example 10m, not " + Text.quoted(text));
        }
        return duration;
    }

    private boolean flag(Parameter parameter) {
        String text = Objects.requireNonNullElse(find(parameter), "false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw parameter.refusal("must be \"true\" or \"false\", not " + Text.quoted(text));
        };
    }

    private @Nullable Integer latencyBudget() {
        Integer percent = count(Parameter.LATENCY_BUDGET);
        if (percent != null && percent > LARGEST_LATENCY_BUDGET) {
            throw Parameter.LATENCY_BUDGET.refusal(
                    "must be from 1 to " + LARGEST_LATENCY_BUDGET + " per cent, not " + percent);
        }
        return percent;
    }

    /** One or more. */
    private @Nullable Integer count(Parameter parameter) {
        String text = find(parameter);
        if (text == null) {
            return null;
        }
        int number = integer(parameter, text);
        if (number < 1) {
            throw parameter.refusal("must be 1 or more, not " + number);
        }
        return number;
    }

    private @Nullable Long rate(Parameter parameter) {
        String text = find(parameter);
        return text == null ? null : quantity(parameter, text);
    }

    private static long quantity(Parameter parameter, String text) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw parameter.refusal("must be bytes, for example 1048576 or 64Ki, not " + Text.quoted(text));
        }
        String unit = matcher.group(2);
        int shift = unit == null ? 0 : 10 * (1 + "KMGT".indexOf(unit.charAt(0)));
        long number = Long.parseLong(matcher.group(1));
        if (number == 0 || number > Long.MAX_VALUE >> shift) {
            throw parameter.refusal("is out of range: " + text);
        }
        return number << shift;
    }

    private static int integer(Parameter parameter, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw parameter.refusal("must be a whole number, not " + Text.quoted(text));
        }
    }
}
