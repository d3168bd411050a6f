package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.HoldTables;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.MappedDevice;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps writes from several volumes, all at one time. The kernel holds them and lets each go when its time is over, whatever has become of
 * this process (ADR 8); nothing is suspended, reads go on, and LVM, which scans devices, is not in the way.
 */
public final class WriteHolds {
    private static final Logger log = LoggerFactory.getLogger(WriteHolds.class);

    private final Host host;
    private final LongSupplier nanoTime;

    /** @param nanoTime a clock that is never set, as System.nanoTime */
    public WriteHolds(Host host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /** While it is open no write to its devices is acknowledged, for as long as {@link #unbroken} says so. */
    final class Hold implements AutoCloseable {
        private final List<String> devices;
        private final long end;

        private Hold(List<String> devices, long end) {
            this.devices = devices;
            this.end = end;
        }

        /** Whether not one write can have passed until now: the time is not over, and the tables are those that were set. */
        boolean unbroken() {
            boolean held = devices.stream()
                    .allMatch(name -> host.deviceMapper()
                            .find(name)
                            .filter(device -> !device.suspended() && HoldTables.isHeld(device.table()))
                            .isPresent());
            return held && nanoTime.getAsLong() - end < 0;
        }

        /** Lets the writes go at once. */
        @Override
        public void close() {
            releaseAll(devices);
        }
    }

    /** Volumes without a device have no writers. What file systems still have in memory is written out first. */
    Hold hold(List<String> volumeIds, Duration atMost) {
        List<MappedDevice> outers = volumeIds.stream()
                .flatMap(id -> host.deviceMapper().find(Names.outerDevice(id)).stream())
                .toList();
        outers.forEach(WriteHolds::requireHoldable);
        volumeIds.forEach(id -> PodDevices.find(host, id)
                .ifPresent(device -> host.blockDevices().sync(device)));
        List<String> names = outers.stream().map(MappedDevice::name).toList();
        // From before the first device is held: no write waits for a shorter time than is counted.
        Hold hold = new Hold(names, nanoTime.getAsLong() + atMost.toNanos());
        boolean complete = false;
        try {
            for (MappedDevice outer : outers) {
                host.deviceMapper()
                        .load(outer.name(), outer.uuid(), outer.readOnly(), HoldTables.held(outer.table(), atMost));
            }
            complete = true;
            return hold;
        } finally {
            if (!complete) {
                hold.close();
            }
        }
    }

    /** Lets go what a process that ended left held. */
    public void sweep() {
        releaseAll(host.deviceMapper().list().stream().map(MappedDevice::name).toList());
    }

    /** Each is tried, so that one failure does not keep the others waiting. */
    private void releaseAll(List<String> devices) {
        SluiceException failure = null;
        for (String name : devices) {
            failure = release(name, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable SluiceException release(String name, @Nullable SluiceException before) {
        try {
            host.deviceMapper()
                    .find(name)
                    .filter(device -> HoldTables.isHeld(device.table()))
                    .ifPresent(device -> host.deviceMapper()
                            .load(name, device.uuid(), device.readOnly(), HoldTables.released(device.table())));
            return before;
        } catch (SluiceException e) {
            log.error("writes to {} stay slow until it is tried again: {}", name, e.getMessage());
            return e;
        }
    }

    private static void requireHoldable(MappedDevice outer) {
        if (outer.suspended() || !HoldTables.fits(outer.table())) {
            throw new SluiceException(
                    ErrorKind.UNAVAILABLE,
                    "writes to " + outer.name() + " cannot be held back now: its table is " + outer.table()
                            + "; it is tried again");
        }
    }
}
