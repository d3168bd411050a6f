package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiTarget;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.util.List;

/** Read-only devices, each with the target that serves it to one other node, both of one name. */
final class ServedDevices {
    private final Host host;

    ServedDevices(Host host) {
        this.host = host;
    }

    /**
     * @param name the target's serial too
     * @param order says to whom, and where
     */
    void ensure(String name, List<TableLine> table, ExportOrder order) {
        String deviceName = Names.exportDevice(name);
        MappedDevice device = host.deviceMapper()
                .find(deviceName)
                .filter(found -> found.table().equals(table) && found.readOnly() && !found.suspended())
                .orElseGet(() -> host.deviceMapper().load(deviceName, Names.dmUuid(deviceName), true, table));
        host.targets()
                .ensure(
                        new IscsiTarget(
                                Names.targetIqn(name),
                                order.initiator(),
                                device.device().path(),
                                name,
                                order.portal()),
                        order.chap());
    }

    void remove(String name) {
        host.targets().remove(Names.targetIqn(name));
        host.deviceMapper().remove(Names.exportDevice(name));
    }
}
