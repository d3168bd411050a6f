package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * SHA-256 of each chunk of what an export serves, as it lies on a device: a header page, then pages of hashes. Each page ends with a hash of
 * the header, its number and its hashes, so a page of another list, or of another place, is never taken for the right one. The header is
 * written last and can be told beforehand by whoever knows what is served: a list with another header is not complete, or not the right one.
 */
final class DigestList {
    static final int PAGE = 4096;
    private static final String MAGIC = "SLUICE-DIGESTS-1";
    private static final int HASH = 32;
    private static final int HASHES_A_PAGE = PAGE / HASH - 1;
    private static final long SMALLEST_CHUNK = 64L << 10;
    private static final long LARGEST_CHUNK = 1L << 20;
    private static final long WANTED_CHUNKS = 1L << 20;

    private final long contentBytes;
    private final long chunkBytes;
    private final byte[] header;

    /**
     * @param exportUid the one export, of one epoch of one volume, whose content never changes
     * @param contentBytes what it serves
     */
    DigestList(String exportUid, long epoch, long contentBytes) {
        this.contentBytes = contentBytes;
        long chunk = SMALLEST_CHUNK;
        while (chunk < LARGEST_CHUNK && contentBytes / chunk > WANTED_CHUNKS) {
            chunk *= 2;
        }
        this.chunkBytes = chunk;
        this.header = header(exportUid, epoch, contentBytes, chunk);
    }

    private static byte[] header(String exportUid, long epoch, long contentBytes, long chunkBytes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(MAGIC);
            out.writeUTF(exportUid);
            out.writeLong(epoch);
            out.writeLong(contentBytes);
            out.writeLong(chunkBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Arrays.copyOf(bytes.toByteArray(), PAGE);
    }

    byte[] header() {
        return header.clone();
    }

    boolean isHeader(byte[] page) {
        return Arrays.equals(header, page);
    }

    long chunkBytes() {
        return chunkBytes;
    }

    /** Bytes of content whose hashes are on one page. */
    long contentBytesOfPage() {
        return HASHES_A_PAGE * chunkBytes;
    }

    long pages() {
        return Math.ceilDiv(contentBytes, contentBytesOfPage());
    }

    /** Bytes of the whole list. */
    long bytes() {
        return (1 + pages()) * PAGE;
    }

    /** Where a page lies in the list. */
    static long place(long page) {
        return (1 + page) * PAGE;
    }

    /** Bytes of content of a chunk; the last may be shorter. */
    int lengthOf(long chunk) {
        return Math.toIntExact(Math.min(chunkBytes, contentBytes - chunk * chunkBytes));
    }

    long firstChunkOf(long page) {
        return page * HASHES_A_PAGE;
    }

    /** Chunks whose hashes are on this page. */
    int chunksOf(long page) {
        long all = Math.ceilDiv(contentBytes, chunkBytes);
        return (int) Math.min(HASHES_A_PAGE, all - firstChunkOf(page));
    }

    static byte[] hash(byte[] chunk) {
        return sha256().digest(chunk);
    }

    byte[] seal(long page, List<byte[]> hashes) {
        byte[] sealed = new byte[PAGE];
        for (int index = 0; index < hashes.size(); index++) {
            System.arraycopy(hashes.get(index), 0, sealed, index * HASH, HASH);
        }
        System.arraycopy(proof(page, sealed), 0, sealed, HASHES_A_PAGE * HASH, HASH);
        return sealed;
    }

    /** HOST when it is not this page of this list, as it was written. */
    void verify(long page, byte[] sealed) {
        byte[] found = Arrays.copyOfRange(sealed, HASHES_A_PAGE * HASH, PAGE);
        if (!Arrays.equals(proof(page, sealed), found)) {
            throw new SluiceException(ErrorKind.HOST, "page " + page + " of the hashes is not as it was written");
        }
    }

    /** Of a page that was verified: whether its hash at this place is this one. */
    static boolean has(byte[] sealed, int place, byte[] hash) {
        return Arrays.equals(sealed, place * HASH, (place + 1) * HASH, hash, 0, HASH);
    }

    private byte[] proof(long page, byte[] sealed) {
        MessageDigest sha = sha256();
        sha.update(header);
        sha.update(Long.toString(page).getBytes(StandardCharsets.US_ASCII));
        sha.update(sealed, 0, HASHES_A_PAGE * HASH);
        return sha.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
