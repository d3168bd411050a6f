package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IscsiTest {
    private static final String IQN = "iqn.2026-01.dev.sluice:e-1";
    private static final IscsiLogin LOGIN =
            new IscsiLogin("10.0.0.1:3260", IQN, "s1", 4096, new Chap("user", "secret", "peer", "other"));

    @TempDir
    Path folder = Path.of("replaced");

    @Test
    void aNodeRecordCarriesTheSecretsAndTheTimeouts() {
        assertThat(NodeRecord.text(LOGIN))
                .startsWith("# BEGIN RECORD 2.1.8\nnode.name = " + IQN + "\nnode.tpgt = 1\nnode.startup = manual\n")
                .contains("node.session.auth.authmethod = CHAP\nnode.session.auth.username = user\n")
                .contains("node.session.auth.password = secret\nnode.session.auth.username_in = peer\n")
                .contains("node.session.auth.password_in = other\n")
                .contains("node.session.timeo.replacement_timeout = 10\n")
                .contains("node.conn[0].address = 10.0.0.1\nnode.conn[0].port = 3260\n")
                .contains("node.conn[0].iscsi.HeaderDigest = CRC32C,None\n")
                .endsWith("# END RECORD\n");
        assertThat(NodeRecord.folder(IQN, "[fd00::1]:3260")).isEqualTo(IQN + "/fd00::1,3260,1");
    }

    @Test
    void onlyRootReadsARecordAndItsRemovalLeavesNothing() throws IOException {
        Files.createDirectories(folder.resolve("etc/iscsi"));
        NodeRecords records = new NodeRecords(folder);

        records.write(LOGIN);
        records.write(LOGIN);

        Path file = folder.resolve("etc/iscsi/nodes").resolve(IQN).resolve("10.0.0.1,3260,1/default");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        records.remove(IQN);
        records.remove(IQN);
        assertThat(folder.resolve("etc/iscsi/nodes")).isEmptyDirectory();
    }

    @Test
    void aSessionIsReadFromSysfs() throws IOException {
        session("session3", IQN, "LOGGED_IN");
        session("session4", "iqn.2020-01.com.example:x", "LOGGED_IN");
        session("session5", "iqn.2026-01.dev.sluice:e-2", "FAILED");
        Path disk = Files.createDirectories(
                folder.resolve("class/iscsi_session/session3/device/target0:0:0/0:0:0:0/block/sda"));
        Files.writeString(disk.resolve("dev"), "8:0\n");

        SysfsSessions sessions = new SysfsSessions(folder);

        assertThat(sessions.all("iqn.2026-01.dev.sluice:"))
                .containsExactly(
                        new SysfsSessions.Found("3", new IscsiSession(IQN, true, new BlockDevice("/dev/sda", 8, 0))),
                        new SysfsSessions.Found("5", new IscsiSession("iqn.2026-01.dev.sluice:e-2", false, null)));
        assertThat(sessions.find("iqn.2026-01.dev.sluice:e")).isEmpty();
    }

    @Test
    void theSerialPageMayEndInAZero() {
        byte[] page = HexFormat.of().parseHex("0080000e" + "686631736572" + "69616c3030303100");

        assertThat(SysfsSessions.unitSerial(page)).isEqualTo("hf1serial0001");
        assertThat(SysfsSessions.unitSerial("\0\0\0\003abc".getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo("abc");
    }

    private void session(String name, String iqn, String state) throws IOException {
        Path session =
                Files.createDirectories(folder.resolve("class/iscsi_session").resolve(name));
        Files.writeString(session.resolve("targetname"), iqn + "\n");
        Files.writeString(session.resolve("state"), state + "\n");
    }
}
