package dev.sluice.controller.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.controller.domain.placement.PatchOperation;
import dev.sluice.controller.domain.placement.PodShape;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** AdmissionReviews of admission.k8s.io/v1. Every answer allows: what we add to a pod is never worth refusing it. */
final class Reviews {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final ObjectMapper mapper = new ObjectMapper();

    /** @param pod what it asks about */
    record Question(String uid, PodShape pod) {}

    Question read(byte[] body) throws IOException {
        JsonNode request = tree(body).path("request");
        JsonNode uid = request.path("uid");
        if (!uid.isTextual()) {
            throw new IOException("the request is no AdmissionReview: it has no request.uid");
        }
        Map<String, Object> pod =
                request.path("object").isObject() ? mapper.convertValue(request.path("object"), OBJECT) : Map.of();
        return new Question(uid.asText(), PodShape.of(request.path("namespace").asText(), pod));
    }

    private JsonNode tree(byte[] body) throws IOException {
        try {
            return mapper.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("the request is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    byte[] answer(String uid, List<PatchOperation> patch) throws IOException {
        ObjectNode review = mapper.createObjectNode();
        review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response");
        response.put("uid", uid).put("allowed", true);
        if (!patch.isEmpty()) {
            // Bytes become base64, as the API has them.
            response.put("patchType", "JSONPatch").put("patch", mapper.writeValueAsBytes(patch));
        }
        return mapper.writeValueAsBytes(review);
    }
}
