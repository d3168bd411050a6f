package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The name under which the host's iSCSI initiator logs in. */
public final class InitiatorName {
    private static final String FILE = "etc/iscsi/initiatorname.iscsi";
    private static final String KEY = "InitiatorName=";

    private InitiatorName() {}

    /** Read afresh: a distribution may make the name only when iscsid first starts. */
    public static Optional<String> ofHost() {
        return find(Processes.inHostNamespace() ? Path.of("/") : Path.of("/proc/1/root"));
    }

    static Optional<String> find(Path hostRoot) {
        Path file = hostRoot.resolve(FILE);
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(file)) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith(KEY))
                    .map(line -> line.substring(KEY.length()).strip())
                    .findFirst();
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, file + " cannot be read", e);
        }
    }
}
