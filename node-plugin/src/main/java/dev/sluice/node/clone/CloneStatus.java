package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.TableLine;
import java.util.List;

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
            throw new SluiceException(
                    ErrorKind.HOST,
                    lines.isEmpty()
                            ? "the engine's device is not there, or has no table"
                            : "expected one status line of a clone target, got " + lines);
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
        StatusWords words = new StatusWords(text);
        try {
            words.next(); // metadata block size
            words.next(); // metadata blocks used/total
            long regionSectors = words.next().number();
            long hydrated = words.next().part();
            long regions = words.whole();
            long hydrating = words.next().number();
            boolean enabled = true;
            for (int count = words.next().small(); count > 0; count--) {
                enabled &= !words.next().is("no_hydration");
            }
            int threshold = 0;
            int batch = 0;
            for (int count = words.next().small(); count > 0; count -= 2) {
                boolean isThreshold = words.next().is("hydration_threshold");
                boolean isBatch = words.is("hydration_batch_size");
                int value = words.next().small();
                threshold = isThreshold ? value : threshold;
                batch = isBatch ? value : batch;
            }
            boolean readOnly = words.next().is("ro");
            return new Working(regionSectors, hydrated, regions, hydrating, enabled, threshold, batch, readOnly);
        } catch (RuntimeException malformed) {
            throw new SluiceException(ErrorKind.HOST, "cannot read the clone status \"" + text + "\"", malformed);
        }
    }
}
