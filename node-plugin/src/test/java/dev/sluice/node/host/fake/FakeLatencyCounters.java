package dev.sluice.node.host.fake;

import dev.sluice.node.host.Latencies;
import dev.sluice.node.host.LatencyCounters;
import java.util.Optional;

/** What is counted is what a test says that a pod's requests took. */
final class FakeLatencyCounters implements LatencyCounters {
    private final FakeDeviceMapper mapper;
    private final Faults faults;

    FakeLatencyCounters(FakeDeviceMapper mapper, Faults faults) {
        this.mapper = mapper;
        this.faults = faults;
    }

    @Override
    public void ensure(String mappedDevice) {
        faults.mutate("LatencyCounters.ensure " + mappedDevice, () -> {
            DmDevice device = mapper.existing(mappedDevice);
            device.counted = device.counted == null ? Latencies.NONE : device.counted;
        });
    }

    @Override
    public Optional<Latencies> find(String mappedDevice) {
        return faults.look(
                "LatencyCounters.find " + mappedDevice,
                () -> mapper.device(mappedDevice).map(device -> device.counted));
    }

    @Override
    public void remove(String mappedDevice) {
        faults.mutate(
                "LatencyCounters.remove " + mappedDevice,
                () -> mapper.device(mappedDevice).ifPresent(device -> device.counted = null));
    }
}
