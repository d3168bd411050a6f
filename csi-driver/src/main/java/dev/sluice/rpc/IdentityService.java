package dev.sluice.rpc;

import com.google.protobuf.BoolValue;
import csi.v1.GetPluginCapabilitiesRequest;
import csi.v1.GetPluginCapabilitiesResponse;
import csi.v1.GetPluginInfoRequest;
import csi.v1.GetPluginInfoResponse;
import csi.v1.IdentityGrpc;
import csi.v1.PluginCapability;
import csi.v1.ProbeRequest;
import csi.v1.ProbeResponse;
import dev.sluice.names.Names;
import io.grpc.stub.StreamObserver;

/** Says who this is: the same from the controller and from every node, as the specification asks of the instances of one plugin. */
public final class IdentityService extends IdentityGrpc.IdentityImplBase {
    private final String version;

    public IdentityService(String version) {
        this.version = version;
    }

    @Override
    public void getPluginInfo(GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> observer) {
        Calls.answer(
                observer,
                () -> GetPluginInfoResponse.newBuilder()
                        .setName(Names.DRIVER)
                        .setVendorVersion(version)
                        .build());
    }

    @Override
    public void getPluginCapabilities(
            GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> observer) {
        Calls.answer(
                observer,
                () -> GetPluginCapabilitiesResponse.newBuilder()
                        .addCapabilities(service(PluginCapability.Service.Type.CONTROLLER_SERVICE))
                        .addCapabilities(service(PluginCapability.Service.Type.GROUP_CONTROLLER_SERVICE))
                        .addCapabilities(service(PluginCapability.Service.Type.VOLUME_ACCESSIBILITY_CONSTRAINTS))
                        .addCapabilities(PluginCapability.newBuilder()
                                .setVolumeExpansion(PluginCapability.VolumeExpansion.newBuilder()
                                        .setType(PluginCapability.VolumeExpansion.Type.ONLINE)))
                        .build());
    }

    @Override
    public void probe(ProbeRequest request, StreamObserver<ProbeResponse> observer) {
        Calls.answer(
                observer,
                () -> ProbeResponse.newBuilder().setReady(BoolValue.of(true)).build());
    }

    private static PluginCapability service(PluginCapability.Service.Type type) {
        return PluginCapability.newBuilder()
                .setService(PluginCapability.Service.newBuilder().setType(type))
                .build();
    }
}
