package dev.sluice.node.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code /healthz}, 200 only while the plugin serves, and {@code /metrics}. */
public final class HealthServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    /** Port 0 takes a free one. */
    public static HealthServer start(int port, BooleanSupplier serves, Supplier<String> metrics) throws IOException {
        HealthServer health = new HealthServer(HttpServer.create(new InetSocketAddress(port), 0));
        health.server.setExecutor(health.calls);
        health.server.createContext("/healthz", exchange -> {
            boolean well = serves.getAsBoolean();
            answer(exchange, well ? 200 : 503, well ? "ok\n" : "the CSI socket does not answer\n");
        });
        health.server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.get()));
        health.server.start();
        return health;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        calls.shutdownNow();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
