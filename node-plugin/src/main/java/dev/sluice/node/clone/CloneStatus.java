package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** dm-clone's status line, in the three shapes the kernel prints. */
public sealed interface CloneStatus {
    /** The target gave up: every I/O fails until the device is removed. */
    record Failed() implements CloneStatus {}

    /** The kernel could not read its own metadata's counters just now. */
    record Unreadable() implements CloneStatus {}

    /**
     * The target works.
     *
     * @param hydrating regions being copied now, foreground copies included
     * @param readOnly metadata could not be committed: reads go on, the bitmap is not to be trusted after this
     */
    record Working(
            long regionSectors,
            long hydratedRegions,
            long totalRegions,
            long hydrating,
            boolean hydrationEnabled,
            int threshold,
            int batch,
            boolean readOnly)
            implements CloneStatus {
        public boolean complete() {
            return hydratedRegions == totalRegions && hydrating == 0 && !readOnly;
        }

        public long regionBytes() {
            return regionSectors * Tables.SECTOR;
        }
    }

    /** From the one line of an engine's status. */
    static CloneStatus parse(List<TableLine> lines) {
        if (lines.size() != 1 || !lines.getFirst().type().equals("clone")) {
            throw new SluiceException(ErrorKind.HOST, "expected one status line of a clone target, got " + lines);
        }
        String text = lines.getFirst().arguments().strip();
        return switch (text) {
            case "Fail" -> new Failed();
            case "Error" -> new Unreadable();
            default -> working(text);
        };
    }

    /**
     * UNAVAILABLE when it fails, or cannot commit its metadata.
     *
     * @param id of the volume
     */
    static Working requireWorking(String id, List<TableLine> lines) {
        if (parse(lines) instanceof Working working && !working.readOnly()) {
            return working;
        }
        throw new SluiceException(ErrorKind.UNAVAILABLE, "the engine of " + id + " does not work");
    }

    private static Working working(String text) {
        Deque<String> words = new ArrayDeque<>(List.of(text.split("\\s+")));
        try {
            words.remove(); // metadata block size
            words.remove(); // metadata blocks used/total
            long regionSectors = Long.parseLong(words.remove());
            String[] regions = words.remove().split("/", 2);
            long hydrating = Long.parseLong(words.remove());
            Set<String> features = new HashSet<>();
            for (int count = Integer.parseInt(words.remove()); count > 0; count--) {
                features.add(words.remove());
            }
            int threshold = 0;
            int batch = 0;
            for (int count = Integer.parseInt(words.remove()); count > 0; count -= 2) {
                String name = words.remove();
                int value = Integer.parseInt(words.remove());
                if (name.equals("hydration_threshold")) {
                    threshold = value;
                } else if (name.equals("hydration_batch_size")) {
                    batch = value;
                }
            }
            boolean readOnly = words.remove().equals("ro");
            return new Working(
                    regionSectors,
                    Long.parseLong(regions[0]),
                    Long.parseLong(regions[1]),
                    hydrating,
                    !features.contains("no_hydration"),
                    threshold,
                    batch,
                    readOnly);
        } catch (RuntimeException malformed) {
            throw new SluiceException(ErrorKind.HOST, "cannot read the clone status \"" + text + "\"", malformed);
        }
    }
}
