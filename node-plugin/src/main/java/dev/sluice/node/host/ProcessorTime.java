package dev.sluice.node.host;

/**
 * What the machine's processors have spent since it started, all together and in one unit.
 *
 * @param idle waits for disks included
 */
public record ProcessorTime(long idle, long all) {
    public static final ProcessorTime NONE = new ProcessorTime(0, 0);

    /** The part of it that was idle, 0 to 1; 1 when no time has passed. */
    public double idleSince(ProcessorTime before) {
        return all <= before.all ? 1 : Math.clamp((double) (idle - before.idle) / (all - before.all), 0, 1);
    }
}
