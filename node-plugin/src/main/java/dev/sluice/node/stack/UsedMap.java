package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.ByteRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Which granules of what an export serves were ever used. Printed, it is a text for the status of that one export: with its uid, the epoch,
 * the bytes served and a SHA-256 of it all, so that a map of anything else is never taken for the right one. What would not fit into an
 * object is printed in larger granules, each of which is used when any part of it is.
 */
final class UsedMap {
    static final long GRANULE = 64L << 10;
    /** In memory at most: of more than a tebibyte they are larger. */
    private static final long MOST_GRANULES = 1L << 24;

    private static final String MAGIC = "SLUICE-USED-1";
    private static final int LARGEST = 48 << 10;
    private static final int PROOF = 32;

    private final long contentBytes;
    private final long granuleBytes;
    private final BitSet used;

    private UsedMap(long contentBytes, long granuleBytes, BitSet used) {
        this.contentBytes = contentBytes;
        this.granuleBytes = granuleBytes;
        this.used = used;
    }

    /** @param ranges that are used; what of them lies beyond the content is of no interest */
    static UsedMap of(long contentBytes, List<ByteRange> ranges) {
        long granule = GRANULE;
        while (contentBytes / granule > MOST_GRANULES) {
            granule *= 2;
        }
        BitSet used = new BitSet();
        for (ByteRange range : ranges) {
            long end = Math.min(range.end(), contentBytes);
            if (range.offset() < end) {
                used.set(Math.toIntExact(range.offset() / granule), Math.toIntExact(Math.ceilDiv(end, granule)));
            }
        }
        return new UsedMap(contentBytes, granule, used);
    }

    boolean isUsed(long offset) {
        return used.get(Math.toIntExact(offset / granuleBytes));
    }

    /** @param exportUid the one export, of one epoch of one volume, whose content never changes */
    String print(String exportUid, long epoch) {
        UsedMap map = this;
        byte[] packed = map.pack();
        while (packed.length > LARGEST) {
            map = map.coarser();
            packed = map.pack();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(header(exportUid, epoch, contentBytes));
            out.writeLong(map.granuleBytes);
            out.write(packed);
            out.write(sha256(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** HOST when it is not, bit for bit, a map that was printed of exactly this. */
    static UsedMap parse(String text, String exportUid, long epoch, long contentBytes) {
        byte[] bytes = decoded(text);
        byte[] header = header(exportUid, epoch, contentBytes);
        int end = bytes.length - PROOF;
        if (end < header.length + Long.BYTES
                || !Arrays.equals(sha256(Arrays.copyOf(bytes, end)), Arrays.copyOfRange(bytes, end, bytes.length))) {
            throw bad("it is damaged");
        }
        if (!Arrays.equals(header, Arrays.copyOf(bytes, header.length))) {
            throw bad("it is of another export, epoch or size");
        }
        long granule = granule(bytes, header.length);
        int bits = Math.toIntExact(Math.ceilDiv(contentBytes, granule));
        int from = header.length + Long.BYTES;
        byte[] bitmap = unpack(bytes, from, end - from, Math.ceilDiv(bits, Byte.SIZE));
        return new UsedMap(contentBytes, granule, BitSet.valueOf(bitmap));
    }

    private static long granule(byte[] bytes, int at) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, at, Long.BYTES))) {
            long granule = in.readLong();
            if (granule < GRANULE || Long.bitCount(granule) != 1) {
                throw bad("its granule is " + granule);
            }
            return granule;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static byte[] header(String exportUid, long epoch, long contentBytes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(MAGIC);
            out.writeUTF(exportUid);
            out.writeLong(epoch);
            out.writeLong(contentBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private UsedMap coarser() {
        BitSet halved = new BitSet();
        for (int bit = used.nextSetBit(0); bit >= 0; bit = used.nextSetBit(bit + 1)) {
            halved.set(bit / 2);
        }
        return new UsedMap(contentBytes, 2 * granuleBytes, halved);
    }

    private byte[] pack() {
        int bits = Math.toIntExact(Math.ceilDiv(contentBytes, granuleBytes));
        byte[] bitmap = Arrays.copyOf(used.toByteArray(), Math.ceilDiv(bits, Byte.SIZE));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
            deflater.setInput(bitmap);
            deflater.finish();
            byte[] piece = new byte[8 << 10];
            while (!deflater.finished()) {
                packed.write(piece, 0, deflater.deflate(piece));
            }
        }
        return packed.toByteArray();
    }

    private static byte[] unpack(byte[] bytes, int from, int length, int wanted) {
        byte[] bitmap = new byte[wanted];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(bytes, from, length);
            int at = 0;
            while (at < wanted) {
                int read = inflater.inflate(bitmap, at, wanted - at);
                if (read == 0) {
                    throw bad("it ends early");
                }
                at += read;
            }
            return bitmap;
        } catch (DataFormatException e) {
            throw new SluiceException(ErrorKind.HOST, "the used map of the origin cannot be unpacked", e);
        }
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new SluiceException(ErrorKind.HOST, "the used map of the origin is no base64", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static SluiceException bad(String why) {
        return new SluiceException(ErrorKind.HOST, "the used map of the origin is not used: " + why);
    }
}
