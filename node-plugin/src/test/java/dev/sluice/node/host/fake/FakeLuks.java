package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Luks;
import dev.sluice.node.host.LuksDevice;
import dev.sluice.node.host.Passphrase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The header is three blocks of the device, so it goes wherever the data goes: a magic, a salt, and what only the passphrase makes of it. */
public final class FakeLuks implements Luks {
    public static final long MAGIC = 0x4c554b53babe0002L;

    private final FakeKernel kernel;
    private final Faults faults;
    private final Map<String, LuksTarget> devices = new LinkedHashMap<>();
    private long made;

    FakeLuks(FakeKernel kernel, Faults faults) {
        this.kernel = kernel;
        this.faults = faults;
    }

    static long mix(long key, long block) {
        long mixed = (key + block * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return mixed ^ (mixed >>> 29) | 1;
    }

    @Override
    public Optional<LuksDevice> find(String name) {
        return faults.look(
                "Luks.find " + name,
                () -> Optional.ofNullable(devices.get(name)).map(FakeLuks::report));
    }

    @Override
    public void format(BlockDevice device, Passphrase passphrase) {
        faults.mutate("Luks.format " + device.path(), () -> {
            FakeDevice formatted = kernel.device(device);
            if (!formatted.users().isEmpty()) {
                throw new SluiceException(ErrorKind.HOST, device.path() + " is in use. Cannot format");
            }
            long salt = ++made * 0x5a17_5a17L;
            formatted.write(0, 1, MAGIC);
            formatted.write(1, 1, salt);
            formatted.write(2, 1, volumeKey(passphrase, salt) + 1);
            formatted.flush();
        });
    }

    @Override
    public LuksDevice open(BlockDevice device, String name, Passphrase passphrase, boolean discards) {
        return faults.mutate("Luks.open " + device.path() + " " + name + (discards ? " discards" : ""), () -> {
            FakeDevice below = kernel.device(device);
            long volumeKey = unlock(below, passphrase);
            if (devices.containsKey(name)) {
                throw new SluiceException(ErrorKind.HOST, "device " + name + " already exists");
            }
            below.claim(FakeDevice.Claim.MAPPER, name);
            LuksTarget opened = new LuksTarget(kernel.nextMapped(), name, below, volumeKey, discards);
            kernel.add(opened);
            devices.put(name, opened);
            return report(opened);
        });
    }

    @Override
    public void close(String name) {
        faults.mutate("Luks.close " + name, () -> {
            LuksTarget device = devices.get(name);
            if (device == null) {
                return;
            }
            if (!device.users().isEmpty()) {
                throw new SluiceException(ErrorKind.IN_USE, name + " is in use by " + device.users());
            }
            device.below.release(FakeDevice.Claim.MAPPER, name);
            kernel.remove(device);
            devices.remove(name);
        });
    }

    @Override
    public void resize(String name, @Nullable Passphrase passphrase) {
        faults.mutate("Luks.resize " + name, () -> {
            LuksTarget device = devices.get(name);
            if (device == null) {
                throw new SluiceException(ErrorKind.HOST, "device " + name + " is not active");
            }
            if (passphrase == null) {
                throw new SluiceException(ErrorKind.INVALID, "nothing to read on input");
            }
            unlock(device.below, passphrase);
            device.resize();
        });
    }

    Optional<LuksTarget> device(String name) {
        return Optional.ofNullable(devices.get(name));
    }

    List<LuksTarget> suspended() {
        return devices.values().stream().filter(LuksTarget::isSuspended).toList();
    }

    List<String> names() {
        return List.copyOf(devices.keySet());
    }

    void losePower() {
        devices.clear();
    }

    private static long unlock(FakeDevice below, Passphrase passphrase) {
        if (below.read(0) != MAGIC) {
            throw new SluiceException(ErrorKind.DATA_LOSS, "not a LUKS2 device");
        }
        long volumeKey = volumeKey(passphrase, below.read(1));
        if (below.read(2) != volumeKey + 1) {
            throw new SluiceException(ErrorKind.INVALID, "no key available with this passphrase");
        }
        return volumeKey;
    }

    private static long volumeKey(Passphrase passphrase, long salt) {
        return mix(passphrase.text().hashCode(), salt);
    }

    private static LuksDevice report(LuksTarget device) {
        String path = device.below.identity().path();
        return new LuksDevice(
                device.identity(),
                Set.of(path.substring(path.lastIndexOf('/') + 1)),
                device.users().size());
    }
}
