package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.util.List;

/** The thin-pool target's table and status line (Documentation/admin-guide/device-mapper/thin-provisioning.rst). */
record ThinPoolStatus(long chunkBytes, long usedBytes, int metadataPercent) {
    private static final long SECTOR = 512;
    private static final int CHUNK_IN_TABLE = 2;
    private static final int METADATA_IN_STATUS = 1;
    private static final int DATA_IN_STATUS = 2;

    static ThinPoolStatus parse(TableLine table, TableLine status) {
        List<String> words = List.of(status.arguments().split(" ", -1));
        if (words.size() <= DATA_IN_STATUS) {
            throw new SluiceException(ErrorKind.HOST, "thin pool has failed: its status is " + status);
        }
        long chunk = Long.parseLong(table.arguments().split(" ", -1)[CHUNK_IN_TABLE]) * SECTOR;
        long[] metadata = fraction(words.get(METADATA_IN_STATUS));
        long[] data = fraction(words.get(DATA_IN_STATUS));
        return new ThinPoolStatus(
                chunk, data[0] * chunk, Math.toIntExact(Math.ceilDiv(metadata[0] * 100, metadata[1])));
    }

    private static long[] fraction(String text) {
        String[] parts = text.split("/", -1);
        return new long[] {Long.parseLong(parts[0]), Long.parseLong(parts[1])};
    }
}
