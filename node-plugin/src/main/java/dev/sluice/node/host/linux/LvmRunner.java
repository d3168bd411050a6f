package dev.sluice.node.host.linux;

import java.util.List;

/** Runs one lvm command; the first word is the command, lvcreate for example. */
interface LvmRunner {
    CommandResult run(List<String> command);
}
