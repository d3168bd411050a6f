package dev.sluice.controller;

import dev.sluice.controller.domain.Evictions;
import dev.sluice.controller.domain.placement.PodAdmission;
import dev.sluice.controller.webhook.CertificateRotation;
import dev.sluice.controller.webhook.ServedKeys;
import dev.sluice.controller.webhook.WebhookServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The webhooks and the care for their certificate; every replica has them. */
final class Webhook implements AutoCloseable {
    /** Short: the chart's webhook configuration may come after the controller, and is to be told of the certificate. */
    private static final Duration CERTIFICATE_INTERVAL = Duration.ofSeconds(15);
    /** The chart gives the API server two seconds. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private final List<Runnable> ends;

    private Webhook(List<Runnable> ends) {
        this.ends = ends;
    }

    /** @param port 0: there is none */
    static Webhook start(
            int port, ServedKeys keys, PodAdmission admission, Evictions evictions, CertificateRotation certificates)
            throws IOException {
        if (port == 0) {
            return new Webhook(List.of());
        }
        WebhookServer server = WebhookServer.start(
                port, keys, new WebhookServer.Decisions(admission::review, evictions::review), PATIENCE);
        Periodically care = Periodically.start("certificate", CERTIFICATE_INTERVAL, certificates::tend);
        return new Webhook(List.of(server::close, care::close));
    }

    @Override
    public void close() {
        ends.forEach(Runnable::run);
    }
}
