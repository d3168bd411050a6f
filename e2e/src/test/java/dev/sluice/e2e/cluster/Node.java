package dev.sluice.e2e.cluster;

import dev.sluice.names.Names;
import java.util.Arrays;
import java.util.List;

/** What a test looks at, and does, on one node. */
public record Node(Cluster cluster, String name) {
    /** Main classes of the driver's processes. */
    public static final String PLUGIN = "NodePluginMain";

    public static final String CONTROLLER = "ControllerMain";

    /** Kills the node plugin with what it was doing; the kubelet starts another. */
    public static final String KILL_PLUGIN = "kill -9 $(" + pids(PLUGIN) + ")";

    /** Prints the ids of java processes, found by their main class. */
    private static String pids(String program) {
        return pids("java", program);
    }

    /** Prints the ids of processes of this name that have this among their arguments. */
    private static String pids(String name, String argument) {
        return """
                for process in /proc/[0-9]*; do
                  read -r name <$process/comm || continue
                  [ "$name" = %s ] && grep -q %s $process/cmdline && echo ${process#/proc/}
                done 2>/dev/null; :""".formatted(name, argument);
    }

    public String sh(String script) {
        return cluster.sh(name, script).orFail("on " + name + ": " + script);
    }

    /** Names of the targets the outer device of a volume consists of: linear only, once it is hydrated. */
    public List<String> targets(String volumeId) {
        return sh("dmsetup table " + Names.outerDevice(volumeId))
                .lines()
                .map(line -> line.split(" ", -1)[2])
                .toList();
    }

    /** The kernel's path of a volume's device: it has no name in /dev/mapper, udev is kept from it. */
    public String device(String volumeId) {
        return "/dev/"
                + sh("dmsetup info -c --noheadings -o blkdevname " + Names.outerDevice(volumeId))
                        .strip();
    }

    /** By how many a volume's device is held open: a mounted file system is one. */
    public int openCount(String volumeId) {
        return Integer.parseInt(sh("dmsetup info -c --noheadings -o open " + Names.outerDevice(volumeId))
                .strip());
    }

    /** Requests to a volume's device that have not ended. */
    public int inFlight(String volumeId) {
        String[] counts = sh("cat /sys/block/" + device(volumeId).substring("/dev/".length()) + "/inflight")
                .strip()
                .split("\\s+", -1);
        return Integer.parseInt(counts[0]) + Integer.parseInt(counts[1]);
    }

    /** How far the engine is, from the kernel; asked so that it does not commit for our sake. */
    public EngineProgress progress(String volumeId) {
        return EngineProgress.parse(sh("dmsetup status --noflush " + engine(volumeId)));
    }

    /** Beneath the outer device: its name has the epoch of the copy. */
    private String engine(String volumeId) {
        String beneath = sh("dmsetup deps -o devname " + Names.outerDevice(volumeId));
        return Arrays.stream(beneath.split("[()\\s]+", -1))
                .filter(Names::isCloneDevice)
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no engine on " + name + " beneath " + volumeId + ": " + beneath));
    }

    public void dropCaches() {
        sh("sync; echo 3 >/proc/sys/vm/drop_caches");
    }

    /** False when there was none to kill. */
    public boolean killIfRunning(String program) {
        return cluster.sh(name, "kill -9 $(" + pids(program) + ")").succeeded();
    }

    public void killPlugin() {
        sh(KILL_PLUGIN);
    }

    /** It asks for nothing until it is resumed. */
    public void pauseKubelet() {
        sh("kill -STOP $(" + pids("kubelet", "kubelet") + ")");
    }

    public void resumeKubelet() {
        sh("kill -CONT $(" + pids("kubelet", "kubelet") + ")");
    }

    public long pluginResidentKibibytes() {
        return Long.parseLong(sh("for pid in $(" + pids(PLUGIN)
                + "); do sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status; done"));
    }
}
