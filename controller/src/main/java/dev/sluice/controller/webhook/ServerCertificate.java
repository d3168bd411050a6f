package dev.sluice.controller.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * A certificate that signs itself, and its key. Who is to trust it is given the certificate itself, so there is no authority whose key would
 * have to be kept. P-256, for one DNS name, for servers only.
 */
record ServerCertificate(X509Certificate certificate, PrivateKey key) {
    /** The clocks of the API server and of this machine may differ by so much. */
    static final Duration BACKDATED = Duration.ofHours(1);

    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final Base64.Encoder PEM_LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
    private static final int SERIAL_BITS = 120;
    private static final int DNS_NAME = 2;

    static ServerCertificate make(String dnsName, Instant now, Duration life) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] content = content(dnsName, now, life, pair);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(content);
            byte[] signed = Der.sequence(content, ECDSA_SHA256, Der.bits(signature.sign()));
            return new ServerCertificate(parse(signed), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has elliptic curves and X.509", e);
        }
    }

    private static byte[] content(String dnsName, Instant now, Duration life, KeyPair pair) {
        byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid(2, 5, 4, 3), Der.text("sluice-webhook"))));
        return Der.sequence(
                Der.explicit(0, Der.integer(2)),
                Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS)),
                ECDSA_SHA256,
                name,
                Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(now.plus(life))),
                name,
                pair.getPublic().getEncoded(),
                Der.explicit(3, extensions(dnsName)));
    }

    private static byte[] extensions(String dnsName) {
        byte[] alternative = Der.implicit(DNS_NAME, dnsName.getBytes(StandardCharsets.US_ASCII));
        return Der.sequence(
                Der.sequence(Der.oid(2, 5, 29, 17), Der.octets(Der.sequence(alternative))),
                // basicConstraints: it signs no other certificate.
                Der.sequence(Der.oid(2, 5, 29, 19), Der.yes(), Der.octets(Der.sequence())),
                // extendedKeyUsage: serverAuth.
                Der.sequence(Der.oid(2, 5, 29, 37), Der.octets(Der.sequence(Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1)))));
    }

    /** Of what toPem wrote; throws IOException when it is something else. */
    static ServerCertificate fromPem(String certificate, String key) throws IOException {
        try {
            PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(body(key));
            return new ServerCertificate(
                    parse(body(certificate)), KeyFactory.getInstance("EC").generatePrivate(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("this is no certificate with its key: " + e.getMessage(), e);
        }
    }

    String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    Instant made() {
        return certificate.getNotBefore().toInstant().plus(BACKDATED);
    }

    Instant expires() {
        return certificate.getNotAfter().toInstant();
    }

    boolean isFor(String dnsName) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            return names != null && names.stream().anyMatch(name -> dnsName.equals(name.get(1)));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static X509Certificate parse(byte[] encoded) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n" + PEM_LINES.encodeToString(bytes) + "\n-----END " + type + "-----\n";
    }

    private static byte[] body(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }
}
