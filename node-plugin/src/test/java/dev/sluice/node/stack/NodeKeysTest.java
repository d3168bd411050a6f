package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.node.host.Chap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeKeysTest {
    @TempDir
    Path folder;

    @Test
    void bothEndsDeriveTheSameSecrets() {
        NodeKeys home = NodeKeys.open(folder.resolve("home"));
        NodeKeys origin = NodeKeys.open(folder.resolve("origin"));

        Chap atHome = home.chapFor(origin.publicKey(), "e-1", "uid");

        assertThat(atHome).isEqualTo(origin.chapFor(home.publicKey(), "e-1", "uid"));
        assertThat(atHome.password()).hasSize(32).isNotEqualTo(atHome.mutualPassword());
        assertThat(atHome.user()).isNotEqualTo(atHome.mutualUser());
    }

    @Test
    void anotherExportOrUidOrNodeGivesOtherSecrets() {
        NodeKeys home = NodeKeys.open(folder.resolve("home"));
        NodeKeys origin = NodeKeys.open(folder.resolve("origin"));
        NodeKeys other = NodeKeys.open(folder.resolve("other"));
        Chap chap = home.chapFor(origin.publicKey(), "e-1", "uid");

        assertThat(home.chapFor(origin.publicKey(), "e-1", "uid2")).isNotEqualTo(chap);
        assertThat(home.chapFor(origin.publicKey(), "e-2", "uid")).isNotEqualTo(chap);
        assertThat(home.chapFor(other.publicKey(), "e-1", "uid")).isNotEqualTo(chap);
    }

    @Test
    void theKeyIsKeptAndOnlyItsOwnerReadsIt() throws IOException {
        String publicKey = NodeKeys.open(folder).publicKey();

        assertThat(NodeKeys.open(folder).publicKey()).isEqualTo(publicKey);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("node.key"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("node.key"));
        }
    }

    @Test
    void aForeignKeyIsRefused() {
        NodeKeys keys = NodeKeys.open(folder);

        assertThatThrownBy(() -> keys.chapFor("bm9wZQ==", "e-1", "uid")).isInstanceOf(SluiceException.class);
    }
}
