package dev.sluice.controller.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.controller.domain.EvictionRequest;
import dev.sluice.controller.domain.placement.PatchOperation;
import dev.sluice.controller.domain.placement.PodShape;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over TLS, as the API server calls it. */
class WebhookServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final String REVIEW = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
              "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
              "kind": {"group": "", "version": "v1", "kind": "Pod"},
              "resource": {"group": "", "version": "v1", "resource": "pods"},
              "name": "", "namespace": "shop", "operation": "CREATE",
              "userInfo": {"username": "system:serviceaccount:kube-system:replicaset-controller"},
              "object": {"apiVersion": "v1", "kind": "Pod",
                "metadata": {"generateName": "db-", "ownerReferences": [{"kind": "ReplicaSet", "controller": true}]},
                "spec": {
                  "containers": [{"name": "db", "image": "postgres"}],
                  "nodeSelector": {"disk": "ssd"},
                  "affinity": {"podAntiAffinity": {}},
                  "securityContext": {"fsGroup": 999},
                  "volumes": [
                    {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                    {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
                    {"name": "config", "configMap": {"name": "db"}}]}},
              "oldObject": null, "dryRun": false, "options": {}}}
            """;

    /** As the API server wraps what `kubectl drain` sends. */
    private static final String EVICTION = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
              "uid": "b1bf1d2e-0000-11e8-b7cc-42010a800002",
              "kind": {"group": "policy", "version": "v1", "kind": "Eviction"},
              "resource": {"group": "", "version": "v1", "resource": "pods"}, "subResource": "eviction",
              "name": "db-1", "namespace": "shop", "operation": "CREATE",
              "userInfo": {"username": "kubernetes-admin"},
              "object": {"apiVersion": "policy/v1", "kind": "Eviction",
                "metadata": {"name": "db-1", "namespace": "shop"}, "deleteOptions": {"gracePeriodSeconds": 30}},
              "oldObject": null, "dryRun": false, "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"}}}
            """;

    private final ServedKeys keys = new ServedKeys();
    private final ServerCertificate certificate =
            ServerCertificate.make("localhost", Instant.now(), Duration.ofDays(1));
    private @Nullable WebhookServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void thePodIsReadAndThePatchIsAnswered() throws Exception {
        PodShape[] seen = new PodShape[1];
        start(pod -> {
            seen[0] = pod;
            return List.of(new PatchOperation("add", "/spec/affinity", Map.of("nodeAffinity", Map.of())));
        });

        JsonNode review = post(REVIEW, certificate);

        assertThat(review.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
        assertThat(review.path("kind").asText()).isEqualTo("AdmissionReview");
        JsonNode response = review.path("response");
        assertThat(response.path("uid").asText()).isEqualTo("705ab4f5-6393-11e8-b7cc-42010a800002");
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        assertThat(JSON.readTree(response.path("patch").binaryValue()))
                .isEqualTo(JSON.readTree(
                        "[{\"op\":\"add\",\"path\":\"/spec/affinity\",\"value\":{\"nodeAffinity\":{}}}]"));
        assertThat(seen[0])
                .isEqualTo(new PodShape(
                        "shop",
                        null,
                        Map.of("disk", "ssd"),
                        List.of("data"),
                        Map.of("podAntiAffinity", Map.of()),
                        Map.of("fsGroup", 999)));
    }

    @Test
    void whateverGoesWrongThePodIsAllowedAsItIs() throws Exception {
        start(pod -> {
            throw new IllegalStateException("the API is away");
        });

        assertUntouched(post(REVIEW, certificate));
    }

    @Test
    void whatTakesTooLongIsNotWaitedFor() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        start(pod -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of(new PatchOperation("add", "/spec/affinity", Map.of()));
        });

        assertUntouched(post(REVIEW, certificate));
    }

    @Test
    void aPodWithoutClaimsIsAnsweredWithoutALook() throws Exception {
        start(pod -> {
            throw new AssertionError("there is nothing to look for");
        });

        assertUntouched(post(
                "{\"request\": {\"uid\": \"1\", \"namespace\": \"shop\", \"object\": {\"spec\": {}}}}", certificate));
    }

    @Test
    void anEvictionIsHeldBackAsADisruptionBudgetWould() throws Exception {
        EvictionRequest[] seen = new EvictionRequest[1];
        startEvictions(eviction -> {
            seen[0] = eviction;
            return Optional.of("db-0 hydrates");
        });

        JsonNode response = post(WebhookServer.EVICTIONS, EVICTION, certificate).path("response");

        assertThat(response.path("uid").asText()).isEqualTo("b1bf1d2e-0000-11e8-b7cc-42010a800002");
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.path("status")).isEqualTo(JSON.readTree("""
                        {"status": "Failure", "code": 429, "reason": "TooManyRequests", "message": "db-0 hydrates"}
                        """));
        assertThat(seen[0]).isEqualTo(new EvictionRequest("shop", "db-1", null, false));
    }

    @Test
    void anEvictionThatMayPassIsAllowed() throws Exception {
        EvictionRequest[] seen = new EvictionRequest[1];
        startEvictions(eviction -> {
            seen[0] = eviction;
            return Optional.empty();
        });
        String preconditions = "{\"preconditions\": {\"uid\": \"u1\"}, \"dryRun\": [\"All\"]}";

        assertAllowed(EVICTION);
        assertAllowed(EVICTION.replace("{\"gracePeriodSeconds\": 30}", preconditions));
        assertThat(seen[0]).isEqualTo(new EvictionRequest("shop", "db-1", "u1", true));
        assertAllowed(EVICTION.replace("\"dryRun\": false", "\"dryRun\": true"));
        assertThat(seen[0]).isEqualTo(new EvictionRequest("shop", "db-1", null, true));
    }

    @Test
    void whateverGoesWrongOrTakesTooLongAnEvictionPasses() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        startEvictions(eviction -> {
            if (eviction.dryRun()) {
                throw new IllegalStateException("the API is away");
            }
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.of("too late");
        });

        assertAllowed(EVICTION);
        assertAllowed(EVICTION.replace("\"dryRun\": false", "\"dryRun\": true"));
    }

    @Test
    void whatIsNoReviewIsRefused() throws Exception {
        start(pod -> List.of());

        for (String body : List.of("", "{}", "no json", "[]")) {
            for (String path : List.of(WebhookServer.PODS, WebhookServer.EVICTIONS)) {
                assertThat(send(path, body, certificate).statusCode()).as(body).isEqualTo(400);
            }
        }
    }

    @Test
    void anotherCertificateIsServedWithoutARestart() throws Exception {
        start(pod -> List.of());
        assertUntouched(post(REVIEW, certificate));
        ServerCertificate next = ServerCertificate.make("localhost", Instant.now(), Duration.ofDays(1));

        keys.serve(next);

        assertUntouched(post(REVIEW, next));
        assertThatThrownBy(() -> send(REVIEW, certificate)).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void withoutACertificateThereIsNoAnswer() throws Exception {
        server = WebhookServer.start(0, keys, decisions(pod -> List.of(), eviction -> Optional.empty()), PATIENCE);

        assertThatThrownBy(() -> send(REVIEW, certificate)).isInstanceOf(IOException.class);
    }

    private void start(Function<PodShape, List<PatchOperation>> decision) throws IOException {
        start(decisions(decision, eviction -> {
            throw new AssertionError("nobody asks about an eviction");
        }));
    }

    private void startEvictions(Function<EvictionRequest, Optional<String>> decision) throws IOException {
        start(decisions(
                pod -> {
                    throw new AssertionError("nobody asks about a pod");
                },
                decision));
    }

    private void start(WebhookServer.Decisions decisions) throws IOException {
        keys.serve(certificate);
        server = WebhookServer.start(0, keys, decisions, PATIENCE);
    }

    private static WebhookServer.Decisions decisions(
            Function<PodShape, List<PatchOperation>> pods, Function<EvictionRequest, Optional<String>> evictions) {
        return new WebhookServer.Decisions(pods, evictions);
    }

    private void assertAllowed(String eviction) throws Exception {
        JsonNode response = post(WebhookServer.EVICTIONS, eviction, certificate).path("response");
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("status")).isFalse();
    }

    private static void assertUntouched(JsonNode review) {
        assertThat(review.path("response").path("allowed").asBoolean()).isTrue();
        assertThat(review.path("response").has("patch")).isFalse();
        assertThat(review.path("response").has("patchType")).isFalse();
    }

    private JsonNode post(String body, ServerCertificate trusted) throws Exception {
        return post(WebhookServer.PODS, body, trusted);
    }

    private JsonNode post(String path, String body, ServerCertificate trusted) throws Exception {
        HttpResponse<byte[]> response = send(path, body, trusted);
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private HttpResponse<byte[]> send(String body, ServerCertificate trusted) throws Exception {
        return send(WebhookServer.PODS, body, trusted);
    }

    private HttpResponse<byte[]> send(String path, String body, ServerCertificate trusted) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(trusting(trusted)).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:"
                                    + Objects.requireNonNull(server).port() + path + "?timeout=2s"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private static SSLContext trusting(ServerCertificate trusted) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("webhook", trusted.certificate());
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
