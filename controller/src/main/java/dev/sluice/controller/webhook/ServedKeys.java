package dev.sluice.controller.webhook;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The certificate of new connections, which can be exchanged while the server runs. Without one no handshake succeeds. */
public final class ServedKeys extends X509ExtendedKeyManager {
    // A handshake asks several times: what it began with stays known while the next is served.
    private record Keys(@Nullable String chosen, Map<String, ServerCertificate> known) {}

    private volatile Keys keys = new Keys(null, Map.of());

    void serve(ServerCertificate certificate) {
        String alias = certificate.certificate().getSerialNumber().toString(16);
        Keys before = keys;
        String last = before.chosen();
        if (alias.equals(last)) {
            return;
        }
        ServerCertificate lastServed = last == null ? null : before.known().get(last);
        keys = new Keys(
                alias,
                last == null || lastServed == null
                        ? Map.of(alias, certificate)
                        : Map.of(alias, certificate, last, lastServed));
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {this}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has TLS", e);
        }
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return keyType.startsWith("EC") ? keys.chosen() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return keyType.startsWith("EC") ? keys.chosen() : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerCertificate found = keys.known().get(alias);
        return found == null ? null : new X509Certificate[] {found.certificate()};
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerCertificate found = keys.known().get(alias);
        return found == null ? null : found.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String chosen = keys.chosen();
        return chosen == null ? null : new String[] {chosen};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
