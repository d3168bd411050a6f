package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.LogicalVolumeRequest;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Serves origins of this node to other nodes, read-only. Rebuilt from the orders after a reboot, under the same names. */
public final class Exports {
    private final Host host;
    private final ServedDevices served;
    private final PoolDirectory pools;

    public Exports(Host host, PoolDirectory pools) {
        this.host = host;
        this.served = new ServedDevices(host);
        this.pools = pools;
    }

    /** NOT_FOUND while the source is not there; serving what is served already is success. */
    public ExportFacts serve(ExportOrder order) {
        List<TableLine> table = table(order);
        served.ensure(order.name(), table, order);
        return new ExportFacts(order.portal(), Names.targetIqn(order.name()), 0, order.name(), Tables.bytes(table));
    }

    /** Bytes that were read of an export since it is served; empty when it is not. */
    public OptionalLong bytesServed(String name) {
        return host.deviceMapper()
                .find(Names.exportDevice(name))
                .map(device -> OptionalLong.of(host.blockDevices().bytesRead(device.device())))
                .orElseGet(OptionalLong::empty);
    }

    public void stop(String name) {
        served.remove(name);
    }

    private List<TableLine> table(ExportOrder order) {
        String group = pools.named(order.pool()).volumeGroup();
        LogicalVolume found = host.logicalVolumes()
                .find(group, order.source())
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.NOT_FOUND, "the source " + order.source() + " is not on this node"));
        if (found.active() == null) {
            found = host.logicalVolumes()
                    .ensure(new LogicalVolumeRequest.ThinSnapshot(group, order.source(), order.source(), Set.of()));
        }
        CopyTags tags = CopyTags.find(found).orElse(null);
        if (tags == null || tags.state() == CopyState.LINEAR) {
            return linear(device(found));
        }
        return tags.isClosed() ? givenUp(found, tags) : linear(stack(order.source()));
    }

    private List<TableLine> linear(BlockDevice source) {
        return Tables.linear(source, host.blockDevices().sizeBytes(source));
    }

    /** What is not whole is served through its stack, never as the bare logical volume, which lacks what has not arrived. */
    private BlockDevice stack(String source) {
        BlockDevice engine = engine(source);
        return host.deviceMapper()
                .find(Names.outerDevice(source))
                .filter(outer -> Tables.uses(outer.table(), engine))
                .map(MappedDevice::device)
                .orElseThrow(() -> stacking(source));
    }

    /** Nothing is above its engine but this export: the volume's own device is that of the copy that is open. */
    private List<TableLine> givenUp(LogicalVolume copy, CopyTags tags) {
        return Tables.outer(engine(copy.name()), tags.originBytes(), device(copy), copy.sizeBytes());
    }

    private BlockDevice engine(String source) {
        return host.deviceMapper()
                .find(Names.cloneDevice(source))
                .filter(engine -> !engine.table().isEmpty())
                .map(MappedDevice::device)
                .orElseThrow(() -> stacking(source));
    }

    private static SluiceException stacking(String source) {
        return new SluiceException(
                ErrorKind.UNAVAILABLE, "the source " + source + " is still hydrating and is being stacked");
    }

    private static BlockDevice device(LogicalVolume found) {
        String name = found.name();
        return found.device()
                .orElseThrow(
                        () -> new SluiceException(ErrorKind.HOST, "logical volume " + name + " does not activate"));
    }
}
