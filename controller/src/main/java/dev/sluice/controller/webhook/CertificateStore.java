package dev.sluice.controller.webhook;

import java.util.Map;
import java.util.Optional;

/** Where the replicas share their certificates, and where the API server is told whom to trust. */
public interface CertificateStore {
    /**
     * What is kept.
     *
     * @param version the precondition of a replacement
     */
    record Kept(String version, Map<String, String> entries) {}

    /** Empty when the chart did not make a place for it. */
    Optional<Kept> find();

    /** Returns false, and nothing is changed, when someone else was faster. */
    boolean replace(Kept seen, Map<String, String> entries);

    /** Has the API server trust exactly these certificates when it calls the webhook. */
    void trust(String certificates);
}
