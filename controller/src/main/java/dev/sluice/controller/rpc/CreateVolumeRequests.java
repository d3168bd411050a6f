package dev.sluice.controller.rpc;

import csi.v1.CapacityRange;
import csi.v1.CreateVolumeRequest;
import csi.v1.TopologyRequirement;
import csi.v1.VolumeContentSource;
import dev.sluice.api.ClaimReference;
import dev.sluice.api.OriginKind;
import dev.sluice.api.VolumeMode;
import dev.sluice.controller.domain.SizeRange;
import dev.sluice.controller.domain.Source;
import dev.sluice.controller.domain.Topology;
import dev.sluice.controller.domain.VolumeRequest;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** CreateVolume's request, parsed. */
final class CreateVolumeRequests {
    private CreateVolumeRequests() {}

    /** @param namespace the driver's, where the progress of volumes is told that were made without a PVC */
    static VolumeRequest parse(CreateVolumeRequest request, String namespace) {
        String name = Text.name(request.getName(), "name");
        Capabilities capabilities = Capabilities.parse(request.getVolumeCapabilitiesList());
        Parameters parameters = Parameters.ofClass(request.getParametersMap());
        Parameters mutable = Parameters.mutable(request.getModifyParametersMap());
        String fsType = fileSystem(parameters, capabilities);
        Capabilities.requireMountOptions(request.getVolumeCapabilitiesList(), fsType);
        return new VolumeRequest(
                name,
                size(request.getCapacityRange()),
                capabilities.mode(),
                fsType,
                capabilities.mode() == VolumeMode.BLOCK ? null : parameters.mkfsOptions(fsType),
                parameters.pool(),
                mutable.tuning().applyTo(parameters.hydration()),
                request.hasVolumeContentSource() ? source(request.getVolumeContentSource()) : null,
                Objects.requireNonNullElseGet(
                        parameters.claim(), () -> new ClaimReference(namespace, Names.volumeId(name), null)),
                topology(request),
                parameters.placement(),
                parameters.encryption());
    }

    static SizeRange size(CapacityRange range) {
        return new SizeRange(range.getRequiredBytes(), range.getLimitBytes());
    }

    private static @Nullable String fileSystem(Parameters parameters, Capabilities capabilities) {
        return switch (capabilities.mode()) {
            case BLOCK -> null;
            case FILESYSTEM -> parameters.fileSystem(capabilities.fsType());
        };
    }

    private static Source.Reference source(VolumeContentSource source) {
        return switch (source.getTypeCase()) {
            case VOLUME ->
                new Source.Reference(
                        OriginKind.VOLUME, Text.required(source.getVolume().getVolumeId(), "source volume_id"));
            case SNAPSHOT ->
                new Source.Reference(
                        OriginKind.SNAPSHOT, Text.required(source.getSnapshot().getSnapshotId(), "source snapshot_id"));
            case TYPE_NOT_SET ->
                throw new SluiceException(
                        ErrorKind.INVALID, "the content source names neither a volume nor a snapshot");
        };
    }

    private static Topology topology(CreateVolumeRequest request) {
        TopologyRequirement requirement = request.getAccessibilityRequirements();
        return new Topology(terms(requirement.getRequisiteList()), terms(requirement.getPreferredList()));
    }

    private static List<Map<String, String>> terms(List<csi.v1.Topology> topologies) {
        return topologies.stream()
                .map(csi.v1.Topology::getSegmentsMap)
                .map(Map::copyOf)
                .toList();
    }
}
