package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.IscsiLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** open-iscsi's node database on the host: files only root can read. */
final class NodeRecords {
    /** Where the distributions keep it; the first that exists counts. */
    private static final List<String> HOMES = List.of("var/lib/iscsi", "etc/iscsi");

    private static final FileAttribute<?> ROOT_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> ROOT_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path hostRoot;

    NodeRecords(Path hostRoot) {
        this.hostRoot = hostRoot;
    }

    void write(IscsiLogin login) {
        Path folder = root().resolve(NodeRecord.folder(login.iqn(), login.portal()));
        Path file = folder.resolve("default");
        try {
            Files.createDirectories(folder, ROOT_ONLY_FOLDER);
            Files.deleteIfExists(file);
            Files.createFile(file, ROOT_ONLY);
            Files.writeString(file, NodeRecord.text(login));
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot write node record " + file + ": " + e.getMessage(), e);
        }
    }

    void remove(String iqn) {
        Path folder = root().resolve(iqn);
        for (String portal : KernelFiles.names(folder)) {
            Path records = folder.resolve(portal);
            KernelFiles.names(records).forEach(record -> KernelFiles.remove(records.resolve(record)));
            KernelFiles.remove(records);
        }
        KernelFiles.remove(folder);
    }

    private Path root() {
        return HOMES.stream()
                .map(hostRoot::resolve)
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST, "open-iscsi keeps no node database in " + HOMES + ": install open-iscsi"))
                .resolve("nodes");
    }
}
