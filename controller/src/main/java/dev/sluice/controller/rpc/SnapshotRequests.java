package dev.sluice.controller.rpc;

import csi.v1.CreateSnapshotRequest;
import csi.v1.ListSnapshotsRequest;
import dev.sluice.controller.domain.Page;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The snapshot calls' requests, parsed. */
final class SnapshotRequests {
    private static final Set<String> METADATA = Set.of(
            "csi.storage.k8s.io/volumesnapshot/name",
            "csi.storage.k8s.io/volumesnapshot/namespace",
            "csi.storage.k8s.io/volumesnapshotcontent/name");

    private SnapshotRequests() {}

    record Creation(String name, String sourceVolume) {}

    record Listing(@Nullable String id, @Nullable String sourceVolume, Page.Request page) {}

    static Creation parse(CreateSnapshotRequest request) {
        for (String key : request.getParametersMap().keySet()) {
            if (!METADATA.contains(key)) {
                throw new SluiceException(
                        ErrorKind.INVALID, "unknown snapshot parameter " + Text.quoted(key) + "; there are none");
            }
        }
        return new Creation(
                Text.name(request.getName(), "name"), Text.required(request.getSourceVolumeId(), "source_volume_id"));
    }

    static Listing parse(ListSnapshotsRequest request) {
        return new Listing(
                optional(request.getSnapshotId()),
                optional(request.getSourceVolumeId()),
                new Page.Request(request.getMaxEntries(), request.getStartingToken()));
    }

    private static @Nullable String optional(String value) {
        return value.isEmpty() ? null : value;
    }
}
