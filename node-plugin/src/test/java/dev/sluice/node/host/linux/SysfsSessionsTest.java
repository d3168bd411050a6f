package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.node.host.IscsiSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsSessionsTest {
    private static final String ONE = "iqn.2026-01.dev.sluice:e-1";
    private static final String OTHER = "iqn.2026-01.dev.sluice:e-1-d";

    @TempDir
    Path sys;

    @Test
    void aSessionIsFoundByItsWholeNameWithItsStateAndItsDisk() throws IOException {
        SysfsSessions sessions = new SysfsSessions(sys);
        make(1, OTHER);
        make(2, ONE);

        IscsiSession session = sessions.find(ONE).orElseThrow().session();

        assertThat(session.iqn()).isEqualTo(ONE);
        assertThat(session.connected()).isTrue();
        assertThat(session.disk()).hasToString("BlockDevice[path=/dev/sd2, major=8, minor=32]");
        assertThat(sessions.all("iqn.2026-01.dev.sluice:")).hasSize(2);
    }

    @Test
    void oneThatIsKnownIsSeenAsItIsNow() throws IOException {
        SysfsSessions sessions = new SysfsSessions(sys);
        make(1, ONE);
        assertThat(sessions.find(ONE)).isPresent();

        Files.writeString(folder(1).resolve("state"), "FAILED\n");

        assertThat(sessions.find(ONE).orElseThrow().session().connected()).isFalse();
    }

    /** After a logout, and after a login that the kernel gave another number, or the number to another. */
    @Test
    void oneThatWentIsNotFoundInItsOldPlace() throws IOException {
        SysfsSessions sessions = new SysfsSessions(sys);
        make(1, ONE);
        assertThat(sessions.find(ONE).orElseThrow().id()).isEqualTo("1");

        Files.writeString(folder(1).resolve("targetname"), OTHER + "\n");
        assertThat(sessions.find(ONE)).isEmpty();

        make(7, ONE);
        assertThat(sessions.find(ONE).orElseThrow().id()).isEqualTo("7");
        assertThat(sessions.find(OTHER).orElseThrow().id()).isEqualTo("1");
    }

    /** A session that is logged in anew gives its disk another name. */
    @Test
    void theDiskOfOneThatIsKnownIsTheOneThatIsThereNow() throws IOException {
        SysfsSessions sessions = new SysfsSessions(sys);
        make(1, ONE);
        assertThat(sessions.find(ONE)).isPresent();
        Path blocks = folder(1).resolve("device/target1:0:0/1:0:0:0/block");

        Files.move(blocks.resolve("sd1"), blocks.resolve("sdx"));
        assertThat(sessions.find(ONE).orElseThrow().session().disk())
                .hasToString("BlockDevice[path=/dev/sdx, major=8, minor=16]");

        Files.delete(blocks.resolve("sdx/dev"));
        Files.delete(blocks.resolve("sdx"));
        assertThat(sessions.find(ONE).orElseThrow().session().disk()).isNull();
    }

    private void make(int number, String iqn) throws IOException {
        Path session = Files.createDirectories(folder(number));
        Files.writeString(session.resolve("targetname"), iqn + "\n");
        Files.writeString(session.resolve("state"), "LOGGED_IN\n");
        Path disk = session.resolve("device/target%1$d:0:0/%1$d:0:0:0/block/sd%1$d".formatted(number));
        Files.writeString(Files.createDirectories(disk).resolve("dev"), "8:" + 16 * number + "\n");
    }

    private Path folder(int number) {
        return sys.resolve("class/iscsi_session/session" + number);
    }
}
