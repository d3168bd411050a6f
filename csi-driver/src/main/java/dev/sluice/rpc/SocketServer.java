package dev.sluice.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A gRPC server on a unix socket; each call runs on a virtual thread of its own and may block. */
public final class SocketServer implements AutoCloseable {
    private final Server server;
    private final MultiThreadIoEventLoopGroup loops;
    private final ExecutorService calls;
    private final Path socket;

    private SocketServer(Server server, MultiThreadIoEventLoopGroup loops, ExecutorService calls, Path socket) {
        this.server = server;
        this.loops = loops;
        this.calls = calls;
        this.socket = socket;
    }

    /** Binds the socket, replacing a stale file that a killed server left behind, and serves. */
    public static SocketServer start(Path socket, List<BindableService> services) throws IOException {
        Files.createDirectories(socket.toAbsolutePath().getParent());
        Files.deleteIfExists(socket);
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(calls)
                .intercept(new CallLog());
        services.forEach(builder::addService);
        return new SocketServer(builder.build().start(), loops, calls, socket);
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
            Files.deleteIfExists(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        } catch (IOException e) {
            // The next start deletes it.
        }
        calls.shutdown();
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
