package dev.sluice.e2e.idle;

import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import pluginregistration.v1.InfoRequest;
import pluginregistration.v1.PluginInfo;
import pluginregistration.v1.RegistrationGrpc;
import pluginregistration.v1.RegistrationStatus;
import pluginregistration.v1.RegistrationStatusResponse;

/** Tells the kubelet where the CSI socket is. */
final class IdleRegistration extends RegistrationGrpc.RegistrationImplBase {
    private final PluginInfo info;

    IdleRegistration(Path csiSocket) {
        this.info = PluginInfo.newBuilder()
                .setType("CSIPlugin")
                .setName(IdleDriverMain.NAME)
                .setEndpoint(csiSocket.toString())
                .addSupportedVersions("1.0.0")
                .build();
    }

    @Override
    public void getInfo(InfoRequest request, StreamObserver<PluginInfo> reply) {
        Calls.answer(reply, () -> info);
    }

    @Override
    public void notifyRegistrationStatus(RegistrationStatus request, StreamObserver<RegistrationStatusResponse> reply) {
        Calls.answer(reply, () -> {
            System.err.println(
                    request.getPluginRegistered() ? "registered" : "registration is refused: " + request.getError());
            return RegistrationStatusResponse.getDefaultInstance();
        });
    }
}
