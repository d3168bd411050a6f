package dev.sluice.node.rpc;

import com.google.protobuf.BoolValue;
import csi.v1.GetPluginCapabilitiesRequest;
import csi.v1.GetPluginCapabilitiesResponse;
import csi.v1.GetPluginInfoRequest;
import csi.v1.GetPluginInfoResponse;
import csi.v1.IdentityGrpc;
import csi.v1.PluginCapability;
import csi.v1.PluginCapability.Service;
import csi.v1.ProbeRequest;
import csi.v1.ProbeResponse;
import dev.sluice.names.Names;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;

/** Who this is. */
public final class IdentityService extends IdentityGrpc.IdentityImplBase {
    private final String version;

    public IdentityService(String version) {
        this.version = version;
    }

    @Override
    public void getPluginInfo(GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> reply) {
        Calls.answer(
                reply,
                () -> GetPluginInfoResponse.newBuilder()
                        .setName(Names.DRIVER)
                        .setVendorVersion(version)
                        .build());
    }

    @Override
    public void getPluginCapabilities(
            GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> reply) {
        Calls.answer(
                reply,
                () -> GetPluginCapabilitiesResponse.newBuilder()
                        .addCapabilities(PluginCapability.newBuilder()
                                .setService(
                                        Service.newBuilder().setType(Service.Type.VOLUME_ACCESSIBILITY_CONSTRAINTS)))
                        .build());
    }

    @Override
    public void probe(ProbeRequest request, StreamObserver<ProbeResponse> reply) {
        Calls.answer(
                reply,
                () -> ProbeResponse.newBuilder().setReady(BoolValue.of(true)).build());
    }
}
