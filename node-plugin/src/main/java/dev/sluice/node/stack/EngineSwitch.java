package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CloneStatus;
import dev.sluice.node.host.Host;

/** Has the engine of one volume copy in the background, or not. */
final class EngineSwitch {
    private final Host host;
    private final VolumeStacks stacks;
    private final String id;
    private final String engineDevice;

    EngineSwitch(Host host, VolumeStacks stacks, String id, String engineDevice) {
        this.host = host;
        this.stacks = stacks;
        this.id = id;
        this.engineDevice = engineDevice;
    }

    void set(CloneStatus.Working engine, boolean enabled) {
        if (engine.hydrationEnabled() != enabled && !stacks.isQuiet(id)) {
            if (enabled) {
                holdDiscards();
            }
            turn(enabled);
        }
    }

    /** As it is told, whatever it does now. Before it is switched on discards are held. */
    void turn(boolean on) {
        host.deviceMapper().message(engineDevice, on ? "enable_hydration" : "disable_hydration");
    }

    /**
     * A discard marks a region as local even while it is being copied, and the end of the copy then overwrites what was written since. The
     * engine's own limit holds for every later table above it too. So this comes before anything is copied.
     */
    void holdDiscards() {
        host.deviceMapper()
                .find(Names.outerDevice(id))
                .ifPresent(device -> host.ranges().letDiscards(device.device(), false));
        host.deviceMapper().find(engineDevice).ifPresent(device -> host.ranges().letDiscards(device.device(), false));
    }
}
