package dev.sluice.node.clone;

import dev.sluice.api.Allocation;
import dev.sluice.api.VolumeMode;
import dev.sluice.names.Names;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Plans and tables of one volume, and the status line of its engine. */
@State(Scope.Thread)
public class PlannerBenchmark {
    private static final long GIB = 1L << 30;
    private static final String ID = Names.volumeId("clone");
    private static final HydrationGeometry GEOMETRY = HydrationGeometry.of(64 << 10);
    private static final BlockDevice DATA = new BlockDevice("/dev/dm-4", 254, 4);
    private static final BlockDevice METADATA = new BlockDevice("/dev/dm-5", 254, 5);
    private static final BlockDevice DISK = new BlockDevice("/dev/sdb", 8, 16);
    private static final BlockDevice SOURCE = new BlockDevice("/dev/dm-6", 254, 6);
    private static final BlockDevice ENGINE = new BlockDevice("/dev/dm-7", 254, 7);
    private static final BlockDevice OUTER = new BlockDevice("/dev/dm-8", 254, 8);

    private final List<TableLine> status = List.of(new TableLine(
            0,
            2 * GIB / Tables.SECTOR,
            "clone",
            "8 30/1024 128 12345/32768 16 1 no_discard_passdown 4 hydration_threshold 256 hydration_batch_size 64 rw"));
    private final List<TableLine> sourceTable = Tables.source(DISK, GIB, true);
    private final Wanted unmade = wanted(null);
    private final Wanted wanted = wanted(new Allocation("vg", "uuid"));
    private final Observed nothing = new Observed(null, null, null, null, null, null);
    private final Observed begun = observed(CopyState.EXPOSED, false);
    private final Observed hydrating = observed(CopyState.EXPOSED, true);

    @Benchmark
    public Object cloneStatus() {
        return CloneStatus.parse(status);
    }

    @Benchmark
    public Object tableOfEngine() {
        return Tables.engine(METADATA, DATA, SOURCE, GIB, GEOMETRY);
    }

    @Benchmark
    public boolean tableUsesDisk() {
        return Tables.uses(sourceTable, DISK);
    }

    @Benchmark
    public Object allocateANewCopy() {
        return StackPlanner.allocate(unmade, nothing);
    }

    @Benchmark
    public Object stackANewCopy() {
        return StackPlanner.stack(wanted, begun);
    }

    /** What is planned most often: nothing is to be done. */
    @Benchmark
    public Object stackOneThatHydrates() {
        return StackPlanner.stack(wanted, hydrating);
    }

    private static Wanted wanted(@Nullable Allocation allocated) {
        return new Wanted(
                ID,
                1,
                "data",
                "sluice",
                GIB,
                VolumeMode.FILESYSTEM,
                "ext4",
                List.of(),
                null,
                GIB,
                null,
                GEOMETRY,
                allocated,
                true,
                new IscsiLogin("10.0.0.1:3260", "iqn", "serial", GIB, new Chap("n2", "one", "n1", "two")),
                false);
    }

    private static Observed observed(CopyState state, boolean stacked) {
        CopyTags tags = new CopyTags(1, state, GIB, GEOMETRY.regionBytes(), 0);
        LogicalVolume data = new LogicalVolume("data", "vg", ID, "uuid", GIB, "sluice", 1, tags.print(), DATA);
        LogicalVolume metadata =
                new LogicalVolume("data", "vg", ID + "-meta", "uuid-meta", 4 << 20, null, null, Set.of(), METADATA);
        return new Observed(
                data,
                metadata,
                stacked ? mapped(Names.outerDevice(ID), OUTER, Tables.outer(ENGINE, GIB, DATA, GIB)) : null,
                stacked
                        ? mapped(Names.cloneDevice(ID), ENGINE, Tables.engine(METADATA, DATA, SOURCE, GIB, GEOMETRY))
                        : null,
                stacked ? mapped(Names.sourceDevice(ID), SOURCE, Tables.source(DISK, GIB, true)) : null,
                stacked ? new IscsiSession("iqn", true, DISK) : null);
    }

    private static MappedDevice mapped(String name, BlockDevice device, List<TableLine> table) {
        return new MappedDevice(name, "SLUICE-" + name, device, table, false, false, 1);
    }
}
