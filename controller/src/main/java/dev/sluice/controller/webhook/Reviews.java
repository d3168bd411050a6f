package dev.sluice.controller.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.controller.domain.EvictionRequest;
import dev.sluice.controller.domain.placement.PatchOperation;
import dev.sluice.controller.domain.placement.PodShape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** AdmissionReviews of admission.k8s.io/v1. */
final class Reviews {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final int TOO_MANY_REQUESTS = 429;

    private final ObjectMapper mapper = new ObjectMapper();

    /** @param subject what it asks about */
    record Question<T>(String uid, T subject) {}

    /** About a pod that is being created. */
    Question<PodShape> readPod(byte[] body) throws IOException {
        JsonNode request = request(body);
        Map<String, Object> pod =
                request.path("object").isObject() ? mapper.convertValue(request.path("object"), OBJECT) : Map.of();
        return new Question<>(
                uid(request), PodShape.of(request.path("namespace").asText(), pod));
    }

    /** About an Eviction, which has the name of its pod. */
    Question<EvictionRequest> readEviction(byte[] body) throws IOException {
        JsonNode request = request(body);
        JsonNode options = request.path("object").path("deleteOptions");
        boolean dryRun =
                request.path("dryRun").asBoolean() || !options.path("dryRun").isEmpty();
        return new Question<>(
                uid(request),
                new EvictionRequest(
                        request.path("namespace").asText(),
                        request.path("name").asText(),
                        options.path("preconditions").path("uid").textValue(),
                        dryRun));
    }

    private JsonNode request(byte[] body) throws IOException {
        JsonNode request = tree(body).path("request");
        if (!request.path("uid").isTextual()) {
            throw new IOException("the request is no AdmissionReview: it has no request.uid");
        }
        return request;
    }

    private static String uid(JsonNode request) {
        return request.path("uid").asText();
    }

    private JsonNode tree(byte[] body) throws IOException {
        try {
            return mapper.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("the request is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** What we add to a pod is never worth refusing it. */
    byte[] answer(String uid, List<PatchOperation> patch) throws IOException {
        return answer(uid, true, response -> {
            if (!patch.isEmpty()) {
                // Bytes become base64, as the API has them.
                response.put("patchType", "JSONPatch").put("patch", mapper.writeValueAsBytes(patch));
            }
        });
    }

    /**
     * As a PodDisruptionBudget refuses. With `retryAfterSeconds` clients would try again by themselves, and say nothing.
     *
     * @param refusal empty: it is allowed
     */
    byte[] answer(String uid, Optional<String> refusal) throws IOException {
        return answer(
                uid,
                refusal.isEmpty(),
                response -> refusal.ifPresent(message -> response.putObject("status")
                        .put("status", "Failure")
                        .put("code", TOO_MANY_REQUESTS)
                        .put("reason", "TooManyRequests")
                        .put("message", message)));
    }

    private interface Details {
        void add(ObjectNode response) throws IOException;
    }

    private byte[] answer(String uid, boolean allowed, Details details) throws IOException {
        ObjectNode review = mapper.createObjectNode();
        review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response");
        response.put("uid", uid).put("allowed", allowed);
        details.add(response);
        return mapper.writeValueAsBytes(review);
    }
}
