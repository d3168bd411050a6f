package dev.sluice.controller.rpc;

import csi.v1.ValidateVolumeCapabilitiesRequest;
import csi.v1.ValidateVolumeCapabilitiesResponse;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;

/** ValidateVolumeCapabilities answers what does not fit with a message, not with an error. */
final class Confirmations {
    private Confirmations() {}

    static ValidateVolumeCapabilitiesResponse answer(ValidateVolumeCapabilitiesRequest request, VolumeSpec spec) {
        try {
            check(request, spec);
        } catch (SluiceException refusal) {
            return ValidateVolumeCapabilitiesResponse.newBuilder()
                    .setMessage(String.valueOf(refusal.getMessage()))
                    .build();
        }
        return ValidateVolumeCapabilitiesResponse.newBuilder()
                .setConfirmed(ValidateVolumeCapabilitiesResponse.Confirmed.newBuilder()
                        .addAllVolumeCapabilities(request.getVolumeCapabilitiesList())
                        .putAllVolumeContext(request.getVolumeContextMap())
                        .putAllParameters(request.getParametersMap())
                        .putAllModifyParameters(request.getModifyParametersMap()))
                .build();
    }

    private static void check(ValidateVolumeCapabilitiesRequest request, VolumeSpec spec) {
        Capabilities capabilities = Capabilities.parse(request.getVolumeCapabilitiesList());
        Parameters.ofClass(request.getParametersMap());
        Parameters.mutable(request.getModifyParametersMap());
        if (capabilities.mode() != spec.mode()) {
            throw new SluiceException(ErrorKind.INVALID, "the volume has mode " + spec.mode());
        }
        if (!capabilities.fsType().isEmpty() && !capabilities.fsType().equals(spec.fsType())) {
            throw new SluiceException(ErrorKind.INVALID, "the volume has file system " + spec.fsType());
        }
        Capabilities.requireMountOptions(request.getVolumeCapabilitiesList(), spec.fsType());
    }
}
