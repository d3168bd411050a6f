package dev.sluice.node.host.linux;

import dev.sluice.names.Names;
import java.util.List;

/** Which devices of ours are suspended, decrypted ones included: asked by status, since a table of those may hold a key. */
final class SuspendedDevices {
    private final DmControl control;

    SuspendedDevices(DmControl control) {
        this.control = control;
    }

    List<String> names() {
        return control.names().stream()
                .filter(Names::isDevice)
                .filter(name -> control.find(
                                DmControl.TABLE_STATUS,
                                new DmRequest().name(name).flags(DmRequest.NOFLUSH))
                        .filter(SuspendedDevices::isSuspended)
                        .isPresent())
                .toList();
    }

    /** One that never had a table has nothing that waits; whoever makes it goes on with it. */
    static boolean isSuspended(DmReply reply) {
        boolean known = reply.uuid().startsWith(LinuxDeviceMapper.UUID_PREFIX)
                || reply.uuid().startsWith(Cryptsetup.UUID_PREFIX);
        return known && reply.has(DmRequest.SUSPEND) && reply.has(DmRequest.ACTIVE_PRESENT);
    }
}
