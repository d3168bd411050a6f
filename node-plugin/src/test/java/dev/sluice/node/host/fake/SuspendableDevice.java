package dev.sluice.node.host.fake;

import dev.sluice.node.host.BlockDevice;

/** A device of device-mapper: while it is suspended its I/O waits. */
abstract class SuspendableDevice extends FakeDevice {
    final String name;
    private boolean suspended;

    SuspendableDevice(BlockDevice identity, String name) {
        super(identity);
        this.name = name;
    }

    void suspend() {
        suspended = true;
    }

    final void resume() {
        suspended = false;
    }

    final boolean isSuspended() {
        return suspended;
    }

    final void requireRunning() {
        if (suspended) {
            throw IoError.queued(name + " is suspended");
        }
    }
}
