package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import java.util.Optional;

/** Finds the session that feeds a copy. */
final class Sessions {
    private static final int PROBE = 4096;

    private Sessions() {}

    /** A copy is fed by the export of its own epoch, and by no other. */
    static Optional<IscsiSession> ofCopy(Host host, String id, long epoch) {
        return host.sessions().find(iqnOfCopy(id, epoch));
    }

    static String iqnOfCopy(String id, long epoch) {
        return Names.targetIqn(Names.export(id, epoch));
    }

    /** A read of the origin; UNAVAILABLE without a session. */
    static boolean probe(Host host, String id, long epoch) {
        BlockDevice disk = ofCopy(host, id, epoch)
                .filter(IscsiSession::connected)
                .map(IscsiSession::disk)
                .orElseThrow(() -> new SluiceException(ErrorKind.UNAVAILABLE, "no session with the origin of " + id));
        host.blockDevices().read(disk, PROBE);
        return true;
    }

    /** The one that brings the hashes of what feeds it. */
    static Optional<IscsiSession> ofDigests(Host host, String id, long epoch) {
        return host.sessions().find(digestsIqn(id, epoch));
    }

    static String digestsIqn(String id, long epoch) {
        return Names.targetIqn(Names.digestExport(Names.export(id, epoch)));
    }
}
