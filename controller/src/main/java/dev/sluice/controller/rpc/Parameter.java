package dev.sluice.controller.rpc;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The keys of a StorageClass and of a VolumeAttributesClass. The tables in docs/reference.md say the same of each, cell by cell, and
 * a test compares them.
 */
enum Parameter {
    FS_TYPE(
            "csi.storage.k8s.io/fstype",
            Scope.CLASS,
            "word",
            "`ext4`",
            "`ext4`, `xfs`, `btrfs`; block volumes have none"),
    MKFS_OPTIONS("mkfsOptions", Scope.CLASS, "words", "none", "what [file systems](#file-systems) lists"),
    POOL("pool", Scope.CLASS, "word", "the first pool of the node", "a pool's name"),
    PLACEMENT(
            "placement",
            Scope.CLASS,
            "word",
            "`Follow`",
            "`Follow`: the volume moves to the node of its pod ([moves](moves.md)); `Pinned`: it stays on its node"),
    RETAIN_ORIGIN(
            "retainOrigin",
            Scope.CLASS,
            "duration",
            "`10m`",
            "`0s` to `30d`: how long the copy a volume has left is kept after it is hydrated ([moves](moves.md#retained-copies))"),
    REGION_SIZE(
            "regionSize",
            Scope.CLASS,
            "size",
            "the thin pool's chunk, more for origins above a tebibyte",
            "a power of two from `4Ki` to `1Mi`"),
    HYDRATION_BATCH_SIZE(
            "hydrationBatchSize", Scope.CLASS, "integer", "as many as have 4Mi", "regions of one copy job, 1 or more"),
    HYDRATION_THRESHOLD(
            "hydrationThreshold",
            Scope.CLASS,
            "integer",
            "four copy jobs or more, by the round trip; then what is fastest",
            "regions in flight at most, 1 or more"),
    MAX_BYTES_PER_SECOND("maxBytesPerSecond", Scope.MUTABLE, "size", "no limit", "1 or more"),
    MIN_BYTES_PER_SECOND(
            "minBytesPerSecond",
            Scope.MUTABLE,
            "size",
            "5 % of what the origin was measured to give, at least 1Mi",
            "1 to `maxBytesPerSecond`"),
    LATENCY_BUDGET(
            "latencyBudget",
            Scope.MUTABLE,
            "integer",
            "25",
            "1 to 1000: by how many per cent a pod's I/O may become slower through background copying"),
    PRIORITY("priority", Scope.MUTABLE, "integer", "0", "-2147483648 to 2147483647"),
    ENCRYPTED(
            "encrypted",
            Scope.CLASS,
            "boolean",
            "`false`",
            "`true`, `false`: LUKS2, with the key of the node-stage and node-expand secrets ([how to](encryption.md))"),
    ENCRYPTED_DISCARDS(
            "encryptedDiscards",
            Scope.CLASS,
            "boolean",
            "`false`",
            "`true`, `false`: discards pass the LUKS layer, which shows which blocks are used"),
    CLAIM_NAME("csi.storage.k8s.io/pvc/name", Scope.PROVISIONER, "", "", ""),
    CLAIM_NAMESPACE("csi.storage.k8s.io/pvc/namespace", Scope.PROVISIONER, "", "", ""),
    VOLUME_NAME("csi.storage.k8s.io/pv/name", Scope.PROVISIONER, "", "", "");

    /** Who may name a key. */
    enum Scope {
        CLASS,
        /** In a VolumeAttributesClass too, and then at any time. */
        MUTABLE,
        /** Only external-provisioner. */
        PROVISIONER
    }

    private final String key;
    private final Scope scope;
    private final String type;
    private final String fallback;
    private final String allowed;

    Parameter(String key, Scope scope, String type, String fallback, String allowed) {
        this.key = key;
        this.scope = scope;
        this.type = type;
        this.fallback = fallback;
        this.allowed = allowed;
    }

    static Set<String> ofClass() {
        return keys(parameter -> true);
    }

    static Set<String> mutable() {
        return keys(parameter -> parameter.scope == Scope.MUTABLE);
    }

    private static Set<String> keys(Predicate<Parameter> wanted) {
        return Arrays.stream(values())
                .filter(wanted)
                .map(Parameter::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    String key() {
        return key;
    }

    Scope scope() {
        return scope;
    }

    String type() {
        return type;
    }

    /** What holds when the key is not given. */
    String fallback() {
        return fallback;
    }

    String allowed() {
        return allowed;
    }

    SluiceException refusal(String why) {
        return new SluiceException(ErrorKind.INVALID, key + " " + why);
    }
}
