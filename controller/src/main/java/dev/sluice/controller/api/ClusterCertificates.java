package dev.sluice.controller.api;

import dev.sluice.controller.webhook.CertificateStore;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The Secret and the webhook configurations that the chart makes, and the controller fills. */
final class ClusterCertificates implements CertificateStore {
    static final String NAME = "sluice-webhook";

    private final KubernetesClient client;
    private final String namespace;

    ClusterCertificates(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    @Override
    public Optional<Kept> find() {
        return ApiErrors.translate(
                "secret " + NAME,
                () -> Optional.ofNullable(secret())
                        .map(secret -> new Kept(secret.getMetadata().getResourceVersion(), decoded(secret))));
    }

    @Override
    public boolean replace(Kept seen, Map<String, String> entries) {
        Secret secret = secret();
        if (secret == null || !seen.version().equals(secret.getMetadata().getResourceVersion())) {
            return false;
        }
        secret.setData(entries.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> Base64.getEncoder()
                                .encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8)))));
        try {
            client.resource(secret).lockResourceVersion(seen.version()).update();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw ApiErrors.translated("secret " + NAME, e);
        }
    }

    @Override
    public void trust(String certificates) {
        String bundle = Base64.getEncoder().encodeToString(certificates.getBytes(StandardCharsets.UTF_8));
        ApiErrors.translate("mutating webhook configuration " + NAME, () -> trustMutating(bundle));
        ApiErrors.translate("validating webhook configuration " + NAME, () -> trustValidating(bundle));
    }

    private boolean trustMutating(String bundle) {
        MutatingWebhookConfiguration found = client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(NAME)
                .get();
        if (found == null
                || !tell(
                        found.getWebhooks().stream()
                                .map(MutatingWebhook::getClientConfig)
                                .toList(),
                        bundle)) {
            return false;
        }
        client.resource(found).lockResourceVersion().update();
        return true;
    }

    private boolean trustValidating(String bundle) {
        ValidatingWebhookConfiguration found = client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(NAME)
                .get();
        if (found == null
                || !tell(
                        found.getWebhooks().stream()
                                .map(ValidatingWebhook::getClientConfig)
                                .toList(),
                        bundle)) {
            return false;
        }
        client.resource(found).lockResourceVersion().update();
        return true;
    }

    /** False when all of them know it already. */
    private static boolean tell(List<WebhookClientConfig> webhooks, String bundle) {
        boolean told = webhooks.stream().allMatch(each -> bundle.equals(each.getCaBundle()));
        webhooks.forEach(each -> each.setCaBundle(bundle));
        return !told;
    }

    private Secret secret() {
        return client.secrets().inNamespace(namespace).withName(NAME).get();
    }

    private static Map<String, String> decoded(Secret secret) {
        return secret.getData() == null
                ? Map.of()
                : secret.getData().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> new String(
                                        Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8)));
    }
}
