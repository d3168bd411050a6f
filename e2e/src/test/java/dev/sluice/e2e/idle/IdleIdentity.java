package dev.sluice.e2e.idle;

import com.google.protobuf.BoolValue;
import csi.v1.GetPluginCapabilitiesRequest;
import csi.v1.GetPluginCapabilitiesResponse;
import csi.v1.GetPluginInfoRequest;
import csi.v1.GetPluginInfoResponse;
import csi.v1.IdentityGrpc;
import csi.v1.ProbeRequest;
import csi.v1.ProbeResponse;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;

/** A name, and no capability. */
final class IdleIdentity extends IdentityGrpc.IdentityImplBase {
    @Override
    public void getPluginInfo(GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> reply) {
        Calls.answer(
                reply,
                () -> GetPluginInfoResponse.newBuilder()
                        .setName(IdleDriverMain.NAME)
                        .setVendorVersion("1")
                        .build());
    }

    @Override
    public void getPluginCapabilities(
            GetPluginCapabilitiesRequest request, StreamObserver<GetPluginCapabilitiesResponse> reply) {
        Calls.answer(reply, GetPluginCapabilitiesResponse::getDefaultInstance);
    }

    @Override
    public void probe(ProbeRequest request, StreamObserver<ProbeResponse> reply) {
        Calls.answer(
                reply,
                () -> ProbeResponse.newBuilder().setReady(BoolValue.of(true)).build());
    }
}
