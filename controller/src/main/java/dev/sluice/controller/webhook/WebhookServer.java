package dev.sluice.controller.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.controller.domain.placement.PatchOperation;
import dev.sluice.controller.domain.placement.PodShape;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the API server's reviews of new pods. Whatever goes wrong, and whatever takes too long, the pod is left as it is. */
public final class WebhookServer implements AutoCloseable {
    public static final String PATH = "/pods";

    private static final Logger log = LoggerFactory.getLogger(WebhookServer.class);
    /** Objects in the API are smaller; a review may have two of them. */
    private static final int LARGEST_REVIEW = 8 << 20;

    private final HttpsServer server;
    private final ExecutorService threads;
    private final Function<PodShape, List<PatchOperation>> decision;
    private final Duration patience;
    private final Reviews reviews = new Reviews();

    private WebhookServer(HttpsServer server, Function<PodShape, List<PatchOperation>> decision, Duration patience) {
        this.server = server;
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
        this.decision = decision;
        this.patience = patience;
    }

    /** @param patience less than the API server has */
    public static WebhookServer start(
            int port, ServedKeys keys, Function<PodShape, List<PatchOperation>> decision, Duration patience)
            throws IOException {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(port), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(keys.context()));
        WebhookServer webhook = new WebhookServer(https, decision, patience);
        https.createContext(PATH, webhook::handle);
        https.setExecutor(webhook.threads);
        https.start();
        return webhook;
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REVIEW);
            Reviews.Question question;
            try {
                question = reviews.read(body);
            } catch (IOException e) {
                log.warn("a request that is no review of a pod: {}", e.getMessage());
                answer(exchange, 400, "text/plain", "this is no AdmissionReview\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            byte[] reply = reviews.answer(question.uid(), decide(question.pod()));
            answer(exchange, 200, "application/json", reply);
        }
    }

    private List<PatchOperation> decide(PodShape pod) {
        if (pod.claims().isEmpty()) {
            return List.of();
        }
        Future<List<PatchOperation>> decided = threads.submit(() -> decision.apply(pod));
        try {
            return decided.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            decided.cancel(true);
            log.info("a pod in {} is left as it is: its volumes were not found in {}", pod.namespace(), patience);
        } catch (ExecutionException e) {
            log.info("a pod in {} is left as it is: {}", pod.namespace(), String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            decided.cancel(true);
            Thread.currentThread().interrupt();
        }
        return List.of();
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
