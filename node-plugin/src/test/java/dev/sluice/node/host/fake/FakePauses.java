package dev.sluice.node.host.fake;

import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pause outlives the process that holds it; its deadline comes when the test says so. */
final class FakePauses implements Pauses {
    private final FakeDeviceMapper mapper;
    private final Faults faults;
    private @Nullable Held current;

    FakePauses(FakeDeviceMapper mapper, Faults faults) {
        this.mapper = mapper;
        this.faults = faults;
    }

    @Override
    public Pause suspend(List<String> devices, Duration deadline) {
        List<DmDevice> suspended = new ArrayList<>();
        Held held = new Held(suspended);
        try {
            for (String device : devices) {
                faults.mutate(
                        "Pauses.suspend " + device,
                        () -> mapper.existing(device).suspend());
                suspended.add(mapper.existing(device));
            }
        } catch (RuntimeException e) {
            held.end();
            throw e;
        }
        current = held;
        return held;
    }

    @Override
    public List<String> sweep() {
        return faults.mutate("Pauses.sweep", () -> {
            List<DmDevice> left = mapper.suspended();
            left.forEach(DmDevice::resume);
            return left.stream().map(device -> device.name).toList();
        });
    }

    void expire() {
        if (current != null && !current.over) {
            current.expired = true;
            current.over = true;
            current.devices.forEach(DmDevice::resume);
        }
    }

    private final class Held implements Pause {
        private final List<DmDevice> devices;
        private boolean over;
        private boolean expired;

        Held(List<DmDevice> devices) {
            this.devices = devices;
        }

        @Override
        public boolean end() {
            if (over) {
                return !expired;
            }
            for (DmDevice device : devices.reversed()) {
                faults.mutate("Pauses.resume " + device.name, device::resume);
            }
            over = true;
            return true;
        }
    }
}
