package dev.sluice.node.host;

import java.util.List;

/** LIO through configfs. Nothing of it survives a reboot. */
public interface IscsiTargets {
    List<IscsiTarget> list();

    /**
     * Serves the target, or completes one that a crash left half made: backstore, unit serial, write protection in the LUN and in the target
     * portal group, one ACL with mutual CHAP, no discovery, no demo mode; enabled last.
     */
    void ensure(IscsiTarget target, Chap chap);

    /** Takes the target down, its sessions with it; absent is success. */
    void remove(String iqn);
}
