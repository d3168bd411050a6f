package dev.sluice.controller.webhook;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the webhook's certificate and renews it, with no moment in which the API server would not trust what is served. Each replica does it;
 * the one Secret, replaced only as it was seen, is the lock. The certificate before the current one stays beside it: it is trusted until it
 * expires, and served until the current one has been trusted for a while.
 */
public final class CertificateRotation {
    static final Duration LIFE = Duration.ofDays(90);
    static final Duration RENEWED_BEFORE = Duration.ofDays(30);
    /** Until every API server has heard of a certificate. */
    static final Duration SPREAD = Duration.ofMinutes(10);

    static final String CERTIFICATE = "tls.crt";
    static final String KEY = "tls.key";
    static final String PREVIOUS = "previous-";
    private static final Logger log = LoggerFactory.getLogger(CertificateRotation.class);

    private final CertificateStore store;
    private final String dnsName;
    private final ServedKeys served;
    private final Clock clock;

    private record Pair(
            @Nullable ServerCertificate current, @Nullable ServerCertificate previous) {}

    /** @param dnsName by which the API server calls us */
    public CertificateRotation(CertificateStore store, String dnsName, ServedKeys served, Clock clock) {
        this.store = store;
        this.dnsName = dnsName;
        this.served = served;
        this.clock = clock;
    }

    /** Brings everything where it should be now; to be called every minute or so. */
    public void tend() {
        Optional<CertificateStore.Kept> kept = store.find();
        if (kept.isEmpty()) {
            log.warn("the Secret of the webhook's certificate is missing; `helm upgrade` makes it again");
            return;
        }
        Pair pair = pair(kept.get().entries());
        Instant now = clock.instant();
        ServerCertificate current = pair.current();
        if (current == null || !current.expires().minus(RENEWED_BEFORE).isAfter(now)) {
            ServerCertificate next = ServerCertificate.make(dnsName, now, LIFE);
            if (!store.replace(kept.get(), entries(next, current))) {
                // Another replica was faster: its certificate is found at the next look.
                return;
            }
            log.info("a certificate for {} was made, valid until {}", dnsName, next.expires());
            pair = new Pair(next, current);
            current = next;
        }
        ServerCertificate previous = valid(pair.previous(), now);
        store.trust(Stream.of(Optional.of(current), Optional.ofNullable(previous))
                .flatMap(Optional::stream)
                .map(ServerCertificate::certificatePem)
                .collect(Collectors.joining()));
        boolean spread = !current.made().plus(SPREAD).isAfter(now);
        served.serve(spread || previous == null ? current : previous);
    }

    private Pair pair(Map<String, String> entries) {
        return new Pair(read(entries, ""), read(entries, PREVIOUS));
    }

    // What cannot be read, or is for another name, is as good as none.
    private @Nullable ServerCertificate read(Map<String, String> entries, String prefix) {
        String certificate = entries.get(prefix + CERTIFICATE);
        String key = entries.get(prefix + KEY);
        if (certificate == null || key == null) {
            return null;
        }
        try {
            ServerCertificate read = ServerCertificate.fromPem(certificate, key);
            return read.isFor(dnsName) ? read : null;
        } catch (IOException e) {
            log.warn("the webhook's Secret: {}; another certificate is made", e.getMessage());
            return null;
        }
    }

    private static @Nullable ServerCertificate valid(@Nullable ServerCertificate certificate, Instant now) {
        return certificate != null && certificate.expires().isAfter(now) ? certificate : null;
    }

    private static Map<String, String> entries(ServerCertificate current, @Nullable ServerCertificate previous) {
        Map<String, String> entries = new HashMap<>();
        entries.put(CERTIFICATE, current.certificatePem());
        entries.put(KEY, current.keyPem());
        if (previous != null) {
            entries.put(PREVIOUS + CERTIFICATE, previous.certificatePem());
            entries.put(PREVIOUS + KEY, previous.keyPem());
        }
        return entries;
    }
}
