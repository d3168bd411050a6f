package dev.sluice.e2e.idle;

import dev.sluice.rpc.SocketServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The driver on one node, while it is open. */
final class IdleDriver implements AutoCloseable {
    private final SocketServer csi;
    private final SocketServer registration;

    private IdleDriver(SocketServer csi, SocketServer registration) {
        this.csi = csi;
        this.registration = registration;
    }

    static IdleDriver start(String node, Path kubeletDir, Mounts mounts) throws IOException {
        Path folder = kubeletDir.resolve("plugins").resolve(IdleDriverMain.NAME);
        Path empty = Files.createDirectories(folder.resolve("empty"));
        warmUp(mounts, empty, Files.createDirectories(folder.resolve("tried")));
        Path socket = folder.resolve("csi.sock");
        SocketServer csi = SocketServer.start(socket, List.of(new IdleIdentity(), new IdleNode(node, empty, mounts)));
        // Last: the kubelet calls the CSI socket as soon as it sees this one.
        SocketServer registration = SocketServer.start(
                kubeletDir.resolve("plugins_registry").resolve(IdleDriverMain.NAME + "-reg.sock"),
                List.of(new IdleRegistration(socket)));
        return new IdleDriver(csi, registration);
    }

    /** What is loaded at the first call would be counted to the first pod; what is not allowed is said now. */
    private static void warmUp(Mounts mounts, Path empty, Path target) {
        mounts.bind(empty, target);
        mounts.unmount(target);
    }

    @Override
    public void close() {
        registration.close();
        csi.close();
    }
}
