package dev.sluice.node.clone;

import dev.sluice.node.host.TableLine;
import java.time.Duration;
import java.util.List;

/**
 * A linear table under which writes wait, each for a time that the kernel keeps (dm-delay): reads pass, and so do flushes, which make
 * durable only what was written before.
 */
public final class HoldTables {
    private static final String DELAY = "delay";
    private static final String LINEAR = "linear";

    private HoldTables() {}

    public static boolean isHeld(List<TableLine> table) {
        return table.stream().anyMatch(line -> line.type().equals(DELAY));
    }

    /** Whether the table is one that can be held, or is. */
    public static boolean fits(List<TableLine> table) {
        return !table.isEmpty()
                && table.stream()
                        .allMatch(line ->
                                line.type().equals(LINEAR) || line.type().equals(DELAY));
    }

    public static List<TableLine> held(List<TableLine> table, Duration time) {
        return released(table).stream()
                .map(line -> {
                    String place = line.arguments();
                    String arguments = place + " 0 " + place + " " + time.toMillis() + " " + place + " 0";
                    return new TableLine(line.start(), line.length(), DELAY, arguments);
                })
                .toList();
    }

    /** The table without the hold; one that has none is returned as it is. */
    public static List<TableLine> released(List<TableLine> table) {
        return table.stream().map(HoldTables::released).toList();
    }

    private static TableLine released(TableLine line) {
        if (!line.type().equals(DELAY)) {
            return line;
        }
        String[] words = line.arguments().split(" ", -1);
        return new TableLine(line.start(), line.length(), LINEAR, words[0] + " " + words[1]);
    }
}
