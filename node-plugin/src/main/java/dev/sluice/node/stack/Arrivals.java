package dev.sluice.node.stack;

import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.IscsiSessions;
import dev.sluice.node.host.MappedDevice;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The ways to the origins of volumes that are to come here. To log in takes longest of all that their stacks need, so it is begun as soon as the
 * old home has given a volume up, which it never takes back.
 */
public final class Arrivals {
    private final Host host;
    private final VolumeStacks stacks;

    public Arrivals(Host host, VolumeStacks stacks) {
        this.host = host;
        this.stacks = stacks;
    }

    /**
     * Begins to log in, and does not wait.
     *
     * @param wanted asked when that has ended, since nobody is told of a session then
     */
    public void begin(String id, long epoch, IscsiLogin login, BooleanSupplier wanted) {
        if (host.sessions().find(login.iqn()).isPresent()) {
            return;
        }
        IscsiSessions.Beginning beginning = host.sessions().begin(login);
        Thread.startVirtualThread(() -> {
            beginning.close();
            if (!wanted.getAsBoolean()) {
                end(id, epoch);
            }
        });
    }

    /** The volume does not come. Nothing is done once it has. */
    public void end(String id, long epoch) {
        if (Sessions.ofCopy(host, id, epoch).isEmpty()) {
            return;
        }
        stacks.lockedCopy(id, epoch, () -> {
            if (!stacks.isHere(id, epoch)) {
                host.sessions().remove(Sessions.iqnOfCopy(id, epoch));
            }
            return true;
        });
    }

    /**
     * Logs out of what this process has begun before it died, and what nobody will come to any more. Before anything else is done with sessions.
     *
     * @param kept IQNs of what is served to this node
     */
    public void sweep(Set<String> kept) {
        List<MappedDevice> devices = host.deviceMapper().list();
        host.sessions().list().stream()
                .filter(session -> !kept.contains(session.iqn()) && !isUsed(session, devices))
                .forEach(session -> host.sessions().remove(session.iqn()));
    }

    private static boolean isUsed(IscsiSession session, List<MappedDevice> devices) {
        BlockDevice disk = session.disk();
        return disk != null && devices.stream().anyMatch(device -> Tables.uses(device.table(), disk));
    }
}
