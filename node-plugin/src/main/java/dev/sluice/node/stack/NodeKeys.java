package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Chap;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.HKDFParameterSpec;

/** The node's X25519 key, kept in a root-only file, and the secrets both ends of an export derive from it without ever sending them. */
public final class NodeKeys {
    private static final String ALGORITHM = "X25519";
    private static final int NAME_BYTES = 8;
    // 32 characters: LIO and open-iscsi take far more, Windows-era initiators no more than 16 bytes of entropy.
    private static final int PASSWORD_BYTES = 16;

    private final PrivateKey privateKey;
    private final String publicKey;

    private NodeKeys(PrivateKey privateKey, String publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** Reads {@code node.key} in the folder; where there is none, makes one that is complete or not there. */
    public static NodeKeys open(Path stateDir) {
        Path file = stateDir.resolve("node.key");
        try {
            Files.createDirectories(stateDir);
            if (!Files.exists(file)) {
                create(file);
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
            byte[] encoded = Base64.getDecoder().decode(lines.get(0));
            PrivateKey key = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            return new NodeKeys(key, lines.get(1));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new SluiceException(ErrorKind.HOST, "the node's key " + file + " cannot be read or made", e);
        }
    }

    /** X.509 SubjectPublicKeyInfo in base64. */
    public String publicKey() {
        return publicKey;
    }

    /** The mutual CHAP of one export; the node at the other end derives the same from its own key and this node's public one. */
    public Chap chapFor(String peerPublicKey, String exportName, String exportUid) {
        byte[] secret = derive(sharedSecret(peerPublicKey), exportName, exportUid);
        HexFormat hex = HexFormat.of();
        int second = NAME_BYTES + PASSWORD_BYTES;
        return new Chap(
                "i" + hex.formatHex(secret, 0, NAME_BYTES),
                hex.formatHex(secret, NAME_BYTES, second),
                "t" + hex.formatHex(secret, second, second + NAME_BYTES),
                hex.formatHex(secret, second + NAME_BYTES, 2 * second));
    }

    private byte[] sharedSecret(String peerPublicKey) {
        try {
            byte[] encoded = Base64.getDecoder().decode(peerPublicKey);
            PublicKey peer = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
            KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
            agreement.init(privateKey);
            agreement.doPhase(peer, true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new SluiceException(ErrorKind.HOST, "the other node's public key is not an X25519 key", e);
        }
    }

    private static byte[] derive(byte[] shared, String exportName, String exportUid) {
        byte[] info = (exportName + "/" + exportUid).getBytes(StandardCharsets.UTF_8);
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(shared)
                            .thenExpand(info, 2 * (NAME_BYTES + PASSWORD_BYTES)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no HKDF-SHA256", e);
        }
    }

    private static void create(Path file) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        String text = base64.encodeToString(pair.getPrivate().getEncoded()) + "\n"
                + base64.encodeToString(pair.getPublic().getEncoded()) + "\n";
        Path draft = Files.createTempFile(
                file.getParent(),
                "node",
                ".draft",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(draft, text, StandardCharsets.US_ASCII);
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            // A link never replaces: of two that start at once, one key wins and both read it.
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // Another start was faster; its key is read.
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
