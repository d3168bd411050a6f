package dev.sluice.node.host;

import java.util.List;
import java.util.Optional;

/** The host's iSCSI initiator. */
public interface IscsiSessions {
    /** Sessions to targets of ours. Read from the kernel, no process is started. */
    List<IscsiSession> list();

    Optional<IscsiSession> find(String iqn);

    /**
     * Starts to log in where no session is, and does not wait: {@link #ensure} does, and tells how it went. Other things a stack needs can be
     * made meanwhile.
     */
    Beginning begin(IscsiLogin login);

    /** A login that may be under way; closed, it has ended, well or not. */
    interface Beginning extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Logs in, or finds the session that is there, waits for its disk and verifies serial and size. UNAVAILABLE when the portal does not
     * answer or refuses; HOST when the disk is not the one that was promised.
     */
    IscsiSession ensure(IscsiLogin login);

    /** Logs out and forgets the node record; absent is success. Never waits for a dead portal longer than a few seconds. */
    void remove(String iqn);
}
