package dev.sluice.node.host.fake;

import dev.sluice.node.host.Pool;
import dev.sluice.node.host.PoolSettings;
import dev.sluice.node.host.Pools;
import java.util.Optional;
import java.util.function.Supplier;

final class FakePools implements Pools {
    static final long CHUNK = 64 << 10;

    private final FakeLogicalVolumes volumes;
    private final Faults faults;

    FakePools(FakeLogicalVolumes volumes, Faults faults) {
        this.volumes = volumes;
        this.faults = faults;
    }

    @Override
    public Pool ensure(PoolSettings settings) {
        return faults.mutate("Pools.ensure " + settings.name(), () -> {
            FakeGroup group = volumes.group(settings.volumeGroup());
            group.poolMade = true;
            return report(settings, group);
        });
    }

    @Override
    public Optional<Pool> find(PoolSettings settings) {
        return faults.look("Pools.find " + settings.name(), () -> {
            FakeGroup group = volumes.group(settings.volumeGroup());
            return group.poolMade ? Optional.of(report(settings, group)) : Optional.empty();
        });
    }

    @Override
    public <T> T undisturbed(Supplier<T> action) {
        return action.get();
    }

    private static Pool report(PoolSettings settings, FakeGroup group) {
        return new Pool(settings, group.uuid, group.poolBytes, group.usedPoolBytes(), 1, CHUNK, group.freeBytes());
    }
}
