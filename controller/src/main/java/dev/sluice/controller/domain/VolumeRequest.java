package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.Encryption;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A volume that is asked for.
 *
 * @param pool null for the node's first pool
 * @param fsType null for block volumes, and when the request leaves the choice
 * @param mkfsOptions null for none
 * @param encryption null for a volume that is not encrypted
 */
public record VolumeRequest(
        String name,
        SizeRange size,
        VolumeMode mode,
        @Nullable String fsType,
        @Nullable List<String> mkfsOptions,
        @Nullable String pool,
        HydrationSettings hydration,
        Source.@Nullable Reference source,
        @Nullable ClaimReference claim,
        Topology topology,
        Placement placement,
        @Nullable Encryption encryption) {}
