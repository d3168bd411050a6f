package dev.sluice.controller.domain;

import dev.sluice.api.DesiredState;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What there is. Volumes that are being deleted are hidden. */
public final class VolumeQueries {
    private final Registry registry;

    public VolumeQueries(Registry registry) {
        this.registry = registry;
    }

    /** Room for new volumes: in all, and for the largest single one. */
    public record Capacity(long totalBytes, long largestBytes) {}

    public Stored<VolumeSpec, VolumeStatus> get(String id) {
        return Optional.of(id)
                .filter(Names::isVolumeId)
                .flatMap(registry.volumes()::find)
                .filter(each -> each.spec().state() == DesiredState.PRESENT)
                .orElseThrow(() -> missing(id));
    }

    public Page<VolumeSpec, VolumeStatus> list(Page.Request request) {
        if (!request.token().isEmpty() && !Names.isVolumeId(request.token())) {
            throw Page.badToken();
        }
        return Page.of(
                registry.volumes().findAll().stream()
                        .filter(each -> each.spec().state() == DesiredState.PRESENT
                                && !each.spec().isSnapshotCopy(each.key()))
                        .toList(),
                request);
    }

    public Map<String, List<String>> publishedNodes() {
        return registry.nodes().attachments();
    }

    public Capacity capacity(@Nullable String pool, boolean encrypted, Map<String, String> segments) {
        long[] rooms = registry.nodes().findAll().stream()
                .filter(node -> Topology.matches(segments, node))
                .filter(node -> !encrypted || node.unfitToEncrypt().isEmpty())
                .mapToLong(node -> NodeChoice.roomFor(node, pool))
                .toArray();
        long total = 0;
        long largest = 0;
        for (long room : rooms) {
            total += room;
            largest = Math.max(largest, room);
        }
        return new Capacity(total, largest);
    }

    static SluiceException missing(String id) {
        return new SluiceException(
                ErrorKind.NOT_FOUND,
                Names.isVolumeId(id) ? "volume " + id + " does not exist" : "that is not the id of a Sluice volume");
    }
}
