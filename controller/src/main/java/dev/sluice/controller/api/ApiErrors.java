package dev.sluice.controller.api;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/** The one translation of what the API server answers. */
final class ApiErrors {
    private ApiErrors() {}

    static <T> T translate(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            throw translated(what, e);
        }
    }

    static SluiceException translated(String what, KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
            return new SluiceException(ErrorKind.BUSY, what + " was changed by someone else meanwhile; retry", e);
        }
        return new SluiceException(
                ErrorKind.UNAVAILABLE, "the Kubernetes API refused " + what + ": " + e.getMessage() + "; retry", e);
    }
}
