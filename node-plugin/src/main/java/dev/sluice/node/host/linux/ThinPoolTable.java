package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.util.List;

/**
 * A thin pool's table.
 *
 * @param metadata number of the device with its mappings
 * @param zeroes a block that is new shows zeros where nothing was written
 */
record ThinPoolTable(String metadata, long chunkBytes, boolean zeroes) {
    private static final long SECTOR = 512;
    private static final int CHUNK = 2;

    static ThinPoolTable parse(List<TableLine> table) {
        if (table.size() != 1 || !table.getFirst().type().equals("thin-pool")) {
            throw new SluiceException(ErrorKind.HOST, "no thin pool: " + table);
        }
        List<String> words = List.of(table.getFirst().arguments().split(" ", -1));
        return new ThinPoolTable(
                words.getFirst(), Long.parseLong(words.get(CHUNK)) * SECTOR, !words.contains("skip_block_zeroing"));
    }

    /** Whether the pool that has this status line holds a metadata snapshot. */
    static boolean holdsSnapshot(TableLine status) {
        List<String> words = List.of(status.arguments().split(" ", -1));
        int held = 3;
        if (words.size() <= held) {
            throw new SluiceException(ErrorKind.HOST, "thin pool has failed: its status is " + status);
        }
        return !words.get(held).equals("-");
    }
}
