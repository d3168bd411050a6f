package dev.sluice.node.clone;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.TableLine;
import java.util.ArrayList;
import java.util.List;

/** Device-mapper tables, in sectors of 512 bytes. */
public final class Tables {
    public static final int SECTOR = 512;
    private static final String QUEUES = "1 queue_if_no_path";
    private static final String NO_PASSDOWN = "no_discard_passdown";

    private Tables() {}

    public static List<TableLine> linear(BlockDevice below, long bytes) {
        return List.of(new TableLine(0, bytes / SECTOR, "linear", below.number() + " 0"));
    }

    /** Everything fails: for a device whose data must not be read any more. */
    public static List<TableLine> error(long bytes) {
        return List.of(new TableLine(0, bytes / SECTOR, "error", ""));
    }

    /** Whether the table is that of {@link #error}. */
    public static boolean isError(List<TableLine> table) {
        return table.stream().anyMatch(line -> line.type().equals("error"));
    }

    /** The engine in front; what lies beyond the origin's end, on the data volume itself. */
    public static List<TableLine> outer(BlockDevice engine, long engineBytes, BlockDevice data, long totalBytes) {
        List<TableLine> table = new ArrayList<>(linear(engine, engineBytes));
        if (totalBytes > engineBytes) {
            long start = engineBytes / SECTOR;
            table.add(new TableLine(start, totalBytes / SECTOR - start, "linear", data.number() + " " + start));
        }
        return List.copyOf(table);
    }

    /**
     * dm-clone, hydration off: it is switched on by message when the device is in use and trimmed. A discard marks regions as local, and does
     * not touch the data: what a pod has written within the range of a mark stays.
     */
    public static List<TableLine> engine(
            BlockDevice metadata, BlockDevice data, BlockDevice source, long bytes, HydrationGeometry geometry) {
        String arguments = String.join(
                " ",
                metadata.number(),
                data.number(),
                source.number(),
                String.valueOf(geometry.regionBytes() / SECTOR),
                "2 no_hydration " + NO_PASSDOWN,
                "4 hydration_threshold " + geometry.threshold(),
                "hydration_batch_size " + geometry.batch());
        return List.of(new TableLine(0, bytes / SECTOR, "clone", arguments));
    }

    /** Whether a discard on an engine reaches the data: of one that an earlier version has made. */
    public static boolean passesDiscards(List<TableLine> engine) {
        return engine.stream().noneMatch(line -> line.arguments().contains(NO_PASSDOWN));
    }

    /**
     * One path: a new login under another name is a reload of this table. When it is gone, what queues waits; the rest fails at once, for
     * a device that is itself served to another node: there the last in the chain waits, and nothing in between hangs.
     */
    public static List<TableLine> source(BlockDevice disk, long bytes, boolean queues) {
        String features = queues ? QUEUES : "0";
        return List.of(new TableLine(
                0, bytes / SECTOR, "multipath", features + " 0 1 1 round-robin 0 1 1 " + disk.number() + " 1"));
    }

    /** Whether a source's table holds back what cannot be read now. */
    public static boolean queues(List<TableLine> source) {
        return source.stream().anyMatch(line -> line.arguments().startsWith(QUEUES));
    }

    /** True when a line of the table maps onto the device. */
    public static boolean uses(List<TableLine> table, BlockDevice device) {
        return table.stream()
                .anyMatch(line -> List.of(line.arguments().split(" ")).contains(device.number()));
    }

    public static long bytes(List<TableLine> table) {
        return table.stream().mapToLong(TableLine::length).sum() * SECTOR;
    }
}
