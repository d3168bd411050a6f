package dev.sluice.node.rpc;

import dev.sluice.names.Names;
import dev.sluice.rpc.Calls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pluginregistration.v1.InfoRequest;
import pluginregistration.v1.PluginInfo;
import pluginregistration.v1.RegistrationGrpc;
import pluginregistration.v1.RegistrationStatus;
import pluginregistration.v1.RegistrationStatusResponse;

/** Tells the kubelet, which finds this service's socket in its plugins_registry folder, where the CSI socket is. */
public final class RegistrationService extends RegistrationGrpc.RegistrationImplBase {
    private static final Logger log = LoggerFactory.getLogger(RegistrationService.class);

    private final PluginInfo info;

    public RegistrationService(Path csiSocket) {
        this.info = PluginInfo.newBuilder()
                .setType("CSIPlugin")
                .setName(Names.DRIVER)
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
            if (request.getPluginRegistered()) {
                log.info("registered with the kubelet");
            } else {
                log.error("the kubelet refuses the registration, and will ask again: {}", request.getError());
            }
            return RegistrationStatusResponse.getDefaultInstance();
        });
    }
}
