package dev.sluice.controller.fake;

import dev.sluice.api.ClaimReference;
import dev.sluice.api.HydrationSettings;
import dev.sluice.api.Placement;
import dev.sluice.api.VolumeMode;
import dev.sluice.controller.domain.Deadline;
import dev.sluice.controller.domain.Operations;
import dev.sluice.controller.domain.SizeRange;
import dev.sluice.controller.domain.Source;
import dev.sluice.controller.domain.Topology;
import dev.sluice.controller.domain.VolumeRequest;
import dev.sluice.names.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Volumes for tests that are about something else than their creation. */
public final class Volumes {
    private Volumes() {}

    /** Empty, and of nobody's claim. */
    public static void create(Operations operations, String name, String node, Placement placement) {
        create(operations, name, node, placement, null, null);
    }

    public static void create(
            Operations operations,
            String name,
            String node,
            Placement placement,
            Source.@Nullable Reference source,
            @Nullable ClaimReference claim) {
        operations
                .creation()
                .create(
                        new VolumeRequest(
                                name,
                                SizeRange.ANY,
                                VolumeMode.FILESYSTEM,
                                null,
                                null,
                                null,
                                HydrationSettings.DEFAULT,
                                source,
                                claim,
                                new Topology(List.of(Map.of(Names.TOPOLOGY_NODE, node)), List.of()),
                                placement,
                                null),
                        Deadline.in(Duration.ofSeconds(5)));
    }
}
