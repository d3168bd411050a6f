package dev.sluice.node.host.linux;

import dev.sluice.names.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One session found among others, by files of a folder that looks like sysfs; each look at a hydrating volume does so. */
@State(Scope.Benchmark)
public class SessionsBenchmark {
    @Param({"1", "500"})
    public int sessions;

    private Path sys = Path.of("made at set-up");
    private SysfsSessions found = new SysfsSessions(sys);
    private String wanted = "";

    @Setup
    public void make() throws IOException {
        sys = Files.createTempDirectory("sluice-sys");
        found = new SysfsSessions(sys);
        for (int number = 0; number < sessions; number++) {
            wanted = Names.targetIqn(Names.export(Names.volumeId("clone-" + number), 1));
            Path session = Files.createDirectories(sys.resolve("class/iscsi_session/session" + number));
            Files.writeString(session.resolve("targetname"), wanted + "\n");
            Files.writeString(session.resolve("state"), "LOGGED_IN\n");
            Path disk = session.resolve("device/target%1$d:0:0/%1$d:0:0:0/block/sd%1$d".formatted(number));
            Files.writeString(Files.createDirectories(disk).resolve("dev"), "8:" + 16 * number + "\n");
        }
    }

    @Benchmark
    public Object findSession() {
        return found.find(wanted).orElseThrow();
    }

    @TearDown
    public void remove() throws IOException {
        try (Stream<Path> files = Files.walk(sys)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
