package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.Pool;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Pools;
import dev.sluice.node.host.TableLine;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thin pools: made by lvm, looked at by ioctl. */
public final class LvmPools implements Pools {
    private static final Logger log = LoggerFactory.getLogger(LvmPools.class);
    private static final long SECTOR = 512;

    private final Lvm lvm;
    private final LvmVolumes volumes;
    private final DmControl control;

    LvmPools(Lvm lvm, LvmVolumes volumes, DmControl control) {
        this.lvm = lvm;
        this.volumes = volumes;
        this.control = control;
    }

    @Override
    public Pool ensure(PoolSettings settings) {
        Optional<LogicalVolume> existing = volumes.find(settings.volumeGroup(), settings.thinPool());
        if (existing.isEmpty()) {
            create(settings);
        }
        Pool pool = find(settings).orElseGet(() -> activated(settings));
        zeroNewBlocks(settings);
        return pool;
    }

    /** Of a pool that was there before: else a block shows what it held for another volume, where nothing was written to it since. */
    private void zeroNewBlocks(PoolSettings settings) {
        boolean zeroes = live(control, settings.volumeGroup(), settings.thinPool())
                .map(reply -> ThinPoolTable.parse(reply.lines()).zeroes())
                .orElse(true);
        if (!zeroes) {
            String path = settings.volumeGroup() + "/" + settings.thinPool();
            lvm.run("have thin pool " + path + " zero new blocks", "lvchange", List.of("--zero", "y", path));
            log.warn("thin pool {} did not zero new blocks, now it does", path);
        }
    }

    private void create(PoolSettings settings) {
        LvmReport.Row group = LvmReport.parse(lvm.report("vgs", "vg_name,vg_free,vg_extent_size"), "vg").stream()
                .filter(row -> row.text("vg_name").equals(settings.volumeGroup()))
                .findFirst()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST,
                        "volume group " + settings.volumeGroup() + " not found: create it with vgcreate"));
        PoolGeometry geometry =
                PoolGeometry.of(settings.volumeGroup(), group.number("vg_free"), group.number("vg_extent_size"));
        lvm.run("create thin pool " + settings.name(), "lvcreate", createArguments(settings, geometry));
        volumes.forget();
    }

    /** Zeroing on: a block that was another volume's never shows its old bytes. */
    static List<String> createArguments(PoolSettings settings, PoolGeometry geometry) {
        return List.of(
                "--type",
                "thin-pool",
                "-n",
                settings.thinPool(),
                "-L",
                geometry.dataBytes() + "b",
                "--poolmetadatasize",
                geometry.metadataBytes() + "b",
                "--chunksize",
                geometry.chunkBytes() + "b",
                "-Zy",
                "--discards",
                "passdown",
                settings.volumeGroup());
    }

    private Pool activated(PoolSettings settings) {
        String path = settings.volumeGroup() + "/" + settings.thinPool();
        lvm.run("activate thin pool " + path, "lvchange", List.of("-ay", "-K", path));
        return find(settings)
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "thin pool " + path + " is not active"));
    }

    @Override
    public Optional<Pool> find(PoolSettings settings) {
        Optional<LogicalVolume> volume = volumes.find(settings.volumeGroup(), settings.thinPool());
        return volume.flatMap(pool -> live(control, settings.volumeGroup(), settings.thinPool())
                .flatMap(live -> report(settings, pool, live.name())));
    }

    @Override
    public <T> T undisturbed(Supplier<T> action) {
        return volumes.locked(action);
    }

    /** With thin volumes active the pool itself is the hidden -tpool device, else the plain name may carry it. */
    static Optional<DmReply> live(DmControl control, String group, String pool) {
        String name = LvmDevices.name(group, pool);
        return List.of(name + "-tpool", name).stream()
                .flatMap(each -> control
                        .describe(each)
                        .filter(reply -> !reply.lines().isEmpty()
                                && reply.lines().getFirst().type().equals("thin-pool"))
                        .stream())
                .findFirst();
    }

    private Optional<Pool> report(PoolSettings settings, LogicalVolume volume, String name) {
        Optional<DmReply> table = control.describe(name);
        Optional<DmReply> status =
                control.find(DmControl.TABLE_STATUS, new DmRequest().name(name).flags(DmRequest.NOFLUSH));
        if (table.isEmpty() || status.isEmpty()) {
            return Optional.empty();
        }
        ThinPoolStatus usage = ThinPoolStatus.parse(
                table.get().lines().getFirst(), status.get().lines().getFirst());
        TableLine line = table.get().lines().getFirst();
        return Optional.of(new Pool(
                settings,
                volume.vgUuid(),
                line.length() * SECTOR,
                usage.usedBytes(),
                usage.metadataPercent(),
                usage.chunkBytes(),
                volumes.freeBytes(settings.volumeGroup())));
    }
}
