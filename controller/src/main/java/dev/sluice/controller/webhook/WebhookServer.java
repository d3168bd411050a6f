package dev.sluice.controller.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.controller.domain.EvictionRequest;
import dev.sluice.controller.domain.placement.PatchOperation;
import dev.sluice.controller.domain.placement.PodShape;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the API server's reviews. Whatever goes wrong, and whatever takes too long, what was asked for is allowed as it is. */
public final class WebhookServer implements AutoCloseable {
    public static final String PODS = "/pods";
    public static final String EVICTIONS = "/evictions";

    private static final Logger log = LoggerFactory.getLogger(WebhookServer.class);
    /** Objects in the API are smaller; a review may have two of them. */
    private static final int LARGEST_REVIEW = 8 << 20;

    private final HttpsServer server;
    private final ExecutorService threads;
    private final Decisions decisions;
    private final Duration patience;
    private final Reviews reviews = new Reviews();

    /**
     * What is answered.
     *
     * @param pods what a new pod is given
     * @param evictions why a pod may not be evicted now
     */
    public record Decisions(
            Function<PodShape, List<PatchOperation>> pods, Function<EvictionRequest, Optional<String>> evictions) {}

    private interface Answer {
        byte[] to(byte[] review) throws IOException;
    }

    private WebhookServer(HttpsServer server, Decisions decisions, Duration patience) {
        this.server = server;
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
        this.decisions = decisions;
        this.patience = patience;
    }

    /** @param patience less than the API server has */
    public static WebhookServer start(int port, ServedKeys keys, Decisions decisions, Duration patience)
            throws IOException {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(port), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(keys.context()));
        WebhookServer webhook = new WebhookServer(https, decisions, patience);
        https.createContext(PODS, exchange -> handle(exchange, webhook::pod));
        https.createContext(EVICTIONS, exchange -> handle(exchange, webhook::eviction));
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

    private byte[] pod(byte[] body) throws IOException {
        Reviews.Question<PodShape> question = reviews.readPod(body);
        PodShape pod = question.subject();
        List<PatchOperation> patch = pod.claims().isEmpty()
                ? List.of()
                : decide("a pod in " + pod.namespace(), () -> decisions.pods().apply(pod), List.of());
        return reviews.answer(question.uid(), patch);
    }

    private byte[] eviction(byte[] body) throws IOException {
        Reviews.Question<EvictionRequest> question = reviews.readEviction(body);
        EvictionRequest asked = question.subject();
        Optional<String> refusal = decide(
                "the eviction of pod " + asked.namespace() + "/" + asked.pod(),
                () -> decisions.evictions().apply(asked),
                Optional.empty());
        return reviews.answer(question.uid(), refusal);
    }

    private static void handle(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REVIEW);
            byte[] reply;
            try {
                reply = answer.to(body);
            } catch (IOException e) {
                log.warn("a request that is no review: {}", e.getMessage());
                answer(exchange, 400, "text/plain", "this is no AdmissionReview\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            answer(exchange, 200, "application/json", reply);
        }
    }

    private <T> T decide(String what, Callable<T> decision, T otherwise) {
        Future<T> decided = threads.submit(decision);
        try {
            return decided.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            decided.cancel(true);
            log.info("{} is left as it is: its volumes were not found in {}", what, patience);
        } catch (ExecutionException e) {
            log.info("{} is left as it is: {}", what, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            decided.cancel(true);
            Thread.currentThread().interrupt();
        }
        return otherwise;
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
