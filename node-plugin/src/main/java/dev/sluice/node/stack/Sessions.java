package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import java.util.Optional;

/** Finds the session that feeds a volume. */
final class Sessions {
    private Sessions() {}

    /** The export's name begins with the volume's digest, whatever the epoch. */
    static Optional<IscsiSession> ofVolume(Host host, String volumeId) {
        String prefix = Names.targetIqnPrefix(volumeId);
        return host.sessions().list().stream()
                .filter(session -> session.iqn().startsWith(prefix))
                .findFirst();
    }
}
