package dev.sluice.controller.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.controller.fake.TestClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CertificateRotationTest {
    private static final String NAME = "sluice-webhook.sluice-system.svc";
    private static final Duration TICK = Duration.ofMinutes(1);

    /** The Secret and the webhook's configuration, which forget nothing and lose races when told to. */
    private static final class MemoryStore implements CertificateStore {
        private int version = 1;
        private Map<String, String> entries = new HashMap<>();
        private String trusted = "";
        private boolean there = true;
        private @Nullable Runnable faster;
        private boolean crashBeforeTrust;

        String entry(String key) {
            return Objects.requireNonNull(entries.get(key), key);
        }

        @Override
        public Optional<Kept> find() {
            return there ? Optional.of(new Kept(Integer.toString(version), Map.copyOf(entries))) : Optional.empty();
        }

        @Override
        public boolean replace(Kept seen, Map<String, String> next) {
            Runnable other = faster;
            faster = null;
            if (other != null) {
                other.run();
            }
            if (!seen.version().equals(Integer.toString(version))) {
                return false;
            }
            version++;
            entries = new HashMap<>(next);
            return true;
        }

        @Override
        public void trust(String certificates) {
            if (crashBeforeTrust) {
                throw new IllegalStateException("the end");
            }
            trusted = certificates;
        }
    }

    private final MemoryStore store = new MemoryStore();
    private final TestClock clock = new TestClock();

    /** One replica of the controller. */
    private final class Replica {
        final ServedKeys keys = new ServedKeys();
        final CertificateRotation rotation = new CertificateRotation(store, NAME, keys, clock);

        Replica tend() {
            rotation.tend();
            return this;
        }

        @Nullable String alias() {
            String[] aliases = keys.getServerAliases("EC", null);
            return aliases == null ? null : aliases[0];
        }

        ServerCertificate served() {
            String alias = Objects.requireNonNull(alias(), "nothing is served");
            return new ServerCertificate(
                    Objects.requireNonNull(keys.getCertificateChain(alias))[0],
                    Objects.requireNonNull(keys.getPrivateKey(alias)));
        }
    }

    @Test
    void theFirstCertificateIsKeptTrustedAndServedAtOnce() throws Exception {
        Replica replica = new Replica().tend();

        ServerCertificate served = replica.served();
        assertThat(store.trusted).isEqualTo(served.certificatePem());
        assertThat(ServerCertificate.fromPem(store.entry("tls.crt"), store.entry("tls.key"))
                        .certificate())
                .isEqualTo(served.certificate());
        assertThat(served.isFor(NAME)).isTrue();
        assertThat(served.expires()).isEqualTo(clock.instant().plus(CertificateRotation.LIFE));
        served.certificate().verify(served.certificate().getPublicKey());
        assertThat(served.certificate().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(served.certificate().getBasicConstraints())
                .as("it signs nothing else")
                .isNegative();
    }

    @Test
    void twoReplicasServeTheSame() {
        Replica first = new Replica();
        Replica second = new Replica();
        store.faster = second::tend;

        first.tend();
        assertThat(first.alias())
                .as("it lost the race and waits for the next look")
                .isNull();
        first.tend();

        assertThat(first.alias()).isEqualTo(second.alias());
    }

    @Test
    void aCertificateIsRenewedInTimeAndServedWhenItHasBeenTrustedForAWhile() {
        Replica replica = new Replica().tend();
        ServerCertificate old = replica.served();
        clock.pass(CertificateRotation.LIFE
                .minus(CertificateRotation.RENEWED_BEFORE)
                .minus(TICK));
        replica.tend();
        assertThat(store.trusted).as("not yet").isEqualTo(old.certificatePem());

        clock.pass(TICK);
        replica.tend();

        assertThat(store.trusted)
                .contains(old.certificatePem())
                .hasSizeGreaterThan(old.certificatePem().length());
        assertThat(replica.served()).isEqualTo(old);
        assertThat(new Replica().tend().served().certificate())
                .as("a replica that starts now")
                .isEqualTo(old.certificate());

        clock.pass(CertificateRotation.SPREAD);
        replica.tend();

        assertThat(replica.served().certificate()).isNotEqualTo(old.certificate());
        assertThat(store.trusted).contains(replica.served().certificatePem());
    }

    /** A year, minute by minute of each renewal: what is served is trusted, by those who heard of it a moment ago too. */
    @Test
    void atEveryMomentWhatIsServedIsTrusted() {
        Replica replica = new Replica().tend();
        for (int hour = 0; hour < 365 * 24; hour += 6) {
            String trustedBefore = store.trusted;
            replica.tend();
            ServerCertificate served = replica.served();
            assertThat(trustedBefore).contains(served.certificatePem());
            assertThat(store.trusted).contains(served.certificatePem());
            assertThat(served.expires()).isAfter(clock.instant());
            clock.pass(Duration.ofHours(6));
        }
    }

    @Test
    void aReplicaThatEndsBeforeItToldTheApiServerIsFollowedByOneThatDoes() {
        store.crashBeforeTrust = true;
        Replica first = new Replica();
        try {
            first.tend();
        } catch (IllegalStateException end) {
            store.crashBeforeTrust = false;
        }

        Replica second = new Replica().tend();

        assertThat(first.alias()).isNull();
        assertThat(store.trusted).isEqualTo(second.served().certificatePem());
    }

    @Test
    void aConfigurationThatLostItsTrustGetsItAgain() {
        Replica replica = new Replica().tend();
        store.trusted = "";

        replica.tend();

        assertThat(store.trusted).isEqualTo(replica.served().certificatePem());
    }

    @Test
    void afterAllWasDownForTooLongThereIsANewOneAtOnce() {
        ServerCertificate old = new Replica().tend().served();
        clock.pass(CertificateRotation.LIFE.plusDays(1));

        Replica replica = new Replica().tend();

        assertThat(replica.served().certificate()).isNotEqualTo(old.certificate());
        assertThat(store.trusted).isEqualTo(replica.served().certificatePem());
    }

    @Test
    void whatCannotBeReadOrIsForAnotherNameIsMadeAnew() {
        ServerCertificate other = ServerCertificate.make("other", clock.instant(), CertificateRotation.LIFE);
        for (Map<String, String> kept : List.of(
                Map.of("tls.crt", "no", "tls.key", "no"),
                Map.of("tls.crt", other.certificatePem(), "tls.key", other.keyPem()),
                Map.of("tls.crt", other.certificatePem()))) {
            store.entries = new HashMap<>(kept);

            assertThat(new Replica().tend().served().isFor(NAME)).isTrue();
        }
    }

    @Test
    void withoutASecretNothingIsServed() {
        store.there = false;

        assertThat(new Replica().tend().alias()).isNull();
    }
}
