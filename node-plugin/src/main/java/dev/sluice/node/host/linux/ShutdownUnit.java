package dev.sluice.node.host.linux;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Shutdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the host's systemd let go of all origins when the node goes down: by then this process may have ended, and what waits for an origin
 * that is away keeps a file system from being unmounted.
 */
final class ShutdownUnit implements Shutdown {
    private static final Logger log = LoggerFactory.getLogger(ShutdownUnit.class);
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    static final RuntimeFile UNIT = new RuntimeFile("sluice-origins.service");
    /** Made by the unit before it lets go. */
    static final String BEGUN = "run/sluice-goes-down";

    private final Processes processes;
    /** Is there when systemd is the host's init. */
    private final Path units;

    private final Path begun;

    ShutdownUnit(Processes processes, Path hostRoot) {
        this.processes = processes;
        this.units = hostRoot.resolve("run/systemd/system");
        this.begun = hostRoot.resolve(BEGUN);
    }

    @Override
    public boolean hasBegun() {
        return Files.exists(begun);
    }

    /** A host with another init goes down as slowly as its unmounting lets it. */
    void ensure() {
        if (!Files.isDirectory(units)) {
            return;
        }
        try {
            if (!UNIT.isIn(units)) {
                UNIT.writeTo(units);
                systemctl("daemon-reload");
            }
            systemctl("start", UNIT.name());
        } catch (IOException | SluiceException e) {
            failed(e.getMessage());
        }
    }

    private void systemctl(String... words) {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        command.addAll(List.of(words));
        CommandResult result = processes.run(DEADLINE, command);
        if (!result.succeeded()) {
            failed(result.err().strip());
        }
    }

    private static void failed(@Nullable String why) {
        log.warn(
                "while an origin is away, this node goes down only after long waits: {} cannot be started: {}",
                UNIT.name(),
                why);
    }
}
