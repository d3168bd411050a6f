package dev.sluice.node.host;

import java.util.List;

/** Whether the host can do the work. */
public interface Preflight {
    List<PreflightCheck> check();

    /** The kernel's release. */
    String kernel();
}
