package dev.sluice.node.host.fake;

import dev.sluice.node.host.Pauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pause outlives the process that holds it; its deadline comes when the test says so. */
final class FakePauses implements Pauses {
    private final FakeKernel kernel;
    private final FakeDeviceMapper mapper;
    private final FakeLuks luks;
    private final Faults faults;
    private @Nullable Held current;

    FakePauses(FakeKernel kernel, FakeDeviceMapper mapper, FakeLuks luks, Faults faults) {
        this.kernel = kernel;
        this.mapper = mapper;
        this.luks = luks;
        this.faults = faults;
    }

    @Override
    public Pause suspend(List<String> devices, Duration deadline) {
        return pause(devices, "Pauses.suspend ", true);
    }

    @Override
    public Pause hold(String device, Duration deadline) {
        return pause(List.of(device), "Pauses.hold ", false);
    }

    private Pause pause(List<String> devices, String call, boolean freeze) {
        List<SuspendableDevice> suspended = new ArrayList<>();
        Held held = new Held(suspended);
        try {
            for (String device : devices) {
                suspended.add(faults.mutate(call + device, () -> suspend(device, freeze)));
            }
        } catch (RuntimeException e) {
            held.end();
            throw e;
        }
        current = held;
        return held;
    }

    private SuspendableDevice suspend(String name, boolean freeze) {
        SuspendableDevice device =
                luks.device(name).<SuspendableDevice>map(found -> found).orElseGet(() -> mapper.existing(name));
        if (freeze) {
            kernel.pageCache.freeze(device);
        }
        device.suspend();
        return device;
    }

    private void resume(SuspendableDevice device) {
        device.resume();
        kernel.pageCache.thaw(device);
    }

    @Override
    public List<String> sweep() {
        return faults.mutate("Pauses.sweep", () -> {
            List<SuspendableDevice> left = new ArrayList<>(mapper.suspended());
            left.addAll(luks.suspended());
            left.forEach(this::resume);
            return left.stream().map(device -> device.name).toList();
        });
    }

    void expire() {
        if (current != null && !current.over) {
            current.expired = true;
            current.over = true;
            current.devices.reversed().forEach(FakePauses.this::resume);
        }
    }

    private final class Held implements Pause {
        private final List<SuspendableDevice> devices;
        private boolean over;
        private boolean expired;

        Held(List<SuspendableDevice> devices) {
            this.devices = devices;
        }

        @Override
        public boolean during(Runnable action) {
            if (over) {
                return false;
            }
            action.run();
            return true;
        }

        @Override
        public boolean end() {
            if (over) {
                return !expired;
            }
            for (SuspendableDevice device : devices.reversed()) {
                faults.mutate("Pauses.resume " + device.name, () -> resume(device));
            }
            over = true;
            return true;
        }
    }
}
