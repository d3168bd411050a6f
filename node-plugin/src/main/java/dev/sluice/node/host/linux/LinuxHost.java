package dev.sluice.node.host.linux;

import dev.sluice.node.host.Host;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Preflight;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The machine this process runs on, wired. */
public final class LinuxHost {
    private static final Path PROC = Path.of("/proc");
    private static final Path SYS = Path.of("/sys");
    private static final Path TARGET = SYS.resolve("kernel/config/target");

    private final Host ports;
    private final Preflight preflight;
    private final UdevRules udevRules;
    private final ShutdownUnit shutdownUnit;
    private final ResidentMemory memory;

    private LinuxHost(
            Host ports, Preflight preflight, UdevRules udevRules, ShutdownUnit shutdownUnit, ResidentMemory memory) {
        this.ports = ports;
        this.preflight = preflight;
        this.udevRules = udevRules;
        this.shutdownUnit = shutdownUnit;
        this.memory = memory;
    }

    /**
     * Touches nothing: tools and devices are looked at when they are first needed.
     *
     * @param stateDir on a disk
     */
    public static LinuxHost open(List<PoolSettings> pools, Path stateDir) {
        SystemCalls calls = new SystemCalls(Libc.load());
        Processes processes = Processes.ofHost();
        Path hostRoot = Processes.inHostNamespace() ? Path.of("/") : Path.of("/proc/1/root");
        DmControl control = new DmControl(calls);
        Set<String> groups = pools.stream().map(PoolSettings::volumeGroup).collect(Collectors.toUnmodifiableSet());
        Lvm lvm = new Lvm(lvmRunner(processes, hostRoot), new PhysicalVolumes(SYS), groups);
        LvmVolumes volumes = new LvmVolumes(lvm, new LvmDevices(control));
        LinuxBlockDevices blockDevices = new LinuxBlockDevices(SYS, calls);
        LinuxDeviceMapper mapper = new LinuxDeviceMapper(control, SYS);
        ShutdownUnit shutdown = new ShutdownUnit(processes, hostRoot);
        Host ports = new Host(
                volumes,
                new LvmPools(lvm, volumes, control),
                mapper,
                new LioTargets(TARGET),
                new OpenIscsiSessions(processes, new SysfsSessions(SYS), new NodeRecords(hostRoot), blockDevices),
                new LinuxMounts(processes, calls, new ReadOnlyBinds(calls)),
                new LinuxFileSystems(processes, calls),
                blockDevices,
                new LinuxDeviceRanges(SYS, calls),
                new LvmUsedBlocks(control, processes, stateDir),
                LinuxPauses.over(control),
                new Cryptsetup(processes, control, SYS),
                new DmLatencyCounters(control),
                new LinuxProcessors(PROC, System::nanoTime),
                shutdown);
        return new LinuxHost(
                ports,
                new LinuxPreflight(processes, control, lvm, hostRoot),
                new UdevRules(hostRoot),
                shutdown,
                new ResidentMemory(calls));
    }

    private static LvmRunner lvmRunner(Processes processes, Path hostRoot) {
        return LvmShell.isOffered(hostRoot) ? new LvmShell(processes) : new LvmProcesses(processes);
    }

    /** What the host must know before the first device of ours appears. */
    public void prepare() {
        udevRules.ensure();
    }

    /** What the host must know before it goes down. */
    public void prepareShutdown() {
        shutdownUnit.ensure();
    }

    /** Bytes of this process that are resident and of no file; 0 where the kernel does not tell. */
    public long ownMemory() {
        return memory.ownBytes();
    }

    /** What is read again when it is needed, for a process that waits. */
    public void releaseMemory() {
        memory.release();
    }

    public Host ports() {
        return ports;
    }

    public Preflight preflight() {
        return preflight;
    }
}
