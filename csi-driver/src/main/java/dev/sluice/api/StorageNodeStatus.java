package dev.sluice.api;

import java.util.List;
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
        @Nullable List<Condition> conditions) {}
