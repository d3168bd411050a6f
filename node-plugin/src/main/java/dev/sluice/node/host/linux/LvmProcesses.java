package dev.sluice.node.host.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A process a command, where lvm2 does not ship the profile that {@link LvmShell} needs. */
record LvmProcesses(Processes processes) implements LvmRunner {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Override
    public CommandResult run(List<String> command) {
        List<String> argv = new ArrayList<>(List.of("lvm"));
        argv.addAll(command);
        return processes.run(DEADLINE, argv);
    }
}
