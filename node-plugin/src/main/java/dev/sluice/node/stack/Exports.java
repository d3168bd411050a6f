package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiTarget;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.MappedDevice;
import java.util.Optional;
import java.util.Set;

/** Serves origins of this node to other nodes, read-only. Rebuilt from the orders after a reboot, under the same names. */
public final class Exports {
    private final Host host;
    private final PoolDirectory pools;

    public Exports(Host host, PoolDirectory pools) {
        this.host = host;
        this.pools = pools;
    }

    /** NOT_FOUND while the source is not there; serving what is served already is success. */
    public ExportFacts serve(ExportOrder order) {
        BlockDevice source = source(order);
        long bytes = host.blockDevices().sizeBytes(source);
        String name = Names.exportDevice(order.name());
        MappedDevice device = host.deviceMapper()
                .find(name)
                .filter(found -> Tables.uses(found.table(), source) && found.readOnly() && !found.suspended())
                .orElseGet(
                        () -> host.deviceMapper().load(name, Names.dmUuid(name), true, Tables.linear(source, bytes)));
        String iqn = Names.targetIqn(order.name());
        IscsiTarget target =
                new IscsiTarget(iqn, order.initiator(), device.device().path(), order.name(), order.portal());
        host.targets().ensure(target, order.chap());
        return new ExportFacts(order.portal(), iqn, 0, order.name(), bytes);
    }

    public void stop(String name) {
        host.targets().remove(Names.targetIqn(name));
        host.deviceMapper().remove(Names.exportDevice(name));
    }

    private BlockDevice source(ExportOrder order) {
        String group = pools.named(order.pool()).volumeGroup();
        LogicalVolume found = host.logicalVolumes()
                .find(group, order.source())
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND, "the source " + order.source() + " is not on this node"));
        if (found.active() == null) {
            found = host.logicalVolumes()
                    .ensure(new LogicalVolumeRequest.ThinSnapshot(group, order.source(), order.source(), Set.of()));
        }
        boolean whole = CopyTags.find(found)
                .map(tags -> tags.state() == CopyState.LINEAR)
                .orElse(true);
        return whole ? device(found) : stack(order.source());
    }

    /** What is not whole is served through its stack, never as the bare logical volume, which lacks what has not arrived. */
    private BlockDevice stack(String source) {
        Optional<MappedDevice> engine = host.deviceMapper().find(Names.cloneDevice(source));
        return host.deviceMapper()
                .find(Names.outerDevice(source))
                .filter(outer -> engine.isPresent()
                        && Tables.uses(outer.table(), engine.get().device()))
                .map(MappedDevice::device)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE, "the source " + source + " is still hydrating and is being stacked"));
    }

    private static BlockDevice device(LogicalVolume found) {
        String name = found.name();
        return found.device()
                .orElseThrow(
                        () -> new SluiceException(ErrorKind.HOST, "logical volume " + name + " does not activate"));
    }
}
