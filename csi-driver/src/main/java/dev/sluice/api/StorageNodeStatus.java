package dev.sluice.api;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself.
 *
 * @param address where its exports are reached
 * @param publicKey X25519, X.509 SubjectPublicKeyInfo in base64; both ends of an export derive its secrets from the two nodes' keys
 * @param initiatorName the node's iSCSI initiator name
 * @param engine the engine this node's kernel can run, or null when none
 * @param inventory copies of volumes found on this node
 * @param conditions Ready, and one for each preflight check with what to install
 */
public record StorageNodeStatus(
        @Nullable String address,
        @Nullable String publicKey,
        @Nullable String initiatorName,
        @Nullable String kernel,
        @Nullable String engine,
        @Nullable List<PoolStatus> pools,
        @Nullable List<HeldVolume> inventory,
        @Nullable List<Condition> conditions) {

    /** The conditions that are not the node's. */
    public List<Condition> foreignConditions() {
        return all().filter(each -> each.type().equals(Condition.EVACUATED)).toList();
    }

    /** The node's own conditions with these of others. */
    public StorageNodeStatus withForeignConditions(List<Condition> foreign) {
        List<Condition> own =
                all().filter(each -> !each.type().equals(Condition.EVACUATED)).toList();
        return new StorageNodeStatus(
                address,
                publicKey,
                initiatorName,
                kernel,
                engine,
                pools,
                inventory,
                Stream.concat(own.stream(), foreign.stream()).toList());
    }

    private Stream<Condition> all() {
        return conditions == null ? Stream.empty() : conditions.stream();
    }
}
