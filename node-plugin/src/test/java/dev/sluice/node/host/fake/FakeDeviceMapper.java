package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.DeviceMapper;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

final class FakeDeviceMapper implements DeviceMapper {
    private final FakeKernel kernel;
    private final Faults faults;
    private final TargetParser parser;
    private final Map<String, DmDevice> devices = new LinkedHashMap<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    FakeDeviceMapper(FakeKernel kernel, Faults faults) {
        this.kernel = kernel;
        this.faults = faults;
        this.parser = new TargetParser(kernel);
    }

    @Override
    public List<MappedDevice> list() {
        return faults.look(
                "DeviceMapper.list",
                () -> devices.values().stream().map(DmDevice::report).toList());
    }

    @Override
    public Optional<MappedDevice> find(String name) {
        return faults.look("DeviceMapper.find ", name, () -> {
            DmDevice device = devices.get(name);
            return device == null ? Optional.empty() : Optional.of(device.report());
        });
    }

    @Override
    public MappedDevice load(String name, String uuid, boolean readOnly, List<TableLine> table) {
        return faults.mutate("DeviceMapper.load " + name + " " + table, () -> {
            requireContiguous(name, table);
            DmDevice existing = devices.get(name);
            if (existing != null && !existing.uuid.equals(uuid)) {
                throw new SluiceException(ErrorKind.HOST, name + " has uuid " + existing.uuid + ", not " + uuid);
            }
            List<DmDevice.Segment> segments = new ArrayList<>();
            table.forEach(line -> segments.add(new DmDevice.Segment(line, parser.parse(line, readOnly))));
            DmDevice device = existing == null ? new DmDevice(kernel.nextMapped(), name, uuid) : existing;
            device.swap(segments, readOnly);
            devices.put(name, device);
            kernel.add(device);
            kernel.pageCache.thaw(device);
            return device.report();
        });
    }

    /** What a crash between create and load leaves behind. */
    void halfCreate(String name, String uuid) {
        faults.locked(() -> {
            DmDevice device = new DmDevice(kernel.nextMapped(), name, uuid);
            kernel.add(device);
            return devices.put(name, device);
        });
    }

    @Override
    public List<TableLine> status(String name, boolean flush) {
        return faults.look("DeviceMapper.status ", name, () -> {
            DmDevice device = devices.get(name);
            return device == null ? List.of() : device.status(flush);
        });
    }

    @Override
    public Set<String> awaitEvents(Duration longest) {
        Set<String> names = new HashSet<>();
        try {
            Optional.ofNullable(events.poll(longest.toNanos(), TimeUnit.NANOSECONDS))
                    .ifPresent(names::add);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.drainTo(names);
        return names;
    }

    /** As the kernel does for engines only: when one turns read-only or fails. */
    void breakMetadata(String name, CloneTarget.Mode mode) {
        cloneTarget(name).breakMetadata(mode);
        events.add(name);
    }

    /** And when a commit finds that nothing is missing. */
    void commit(String name) {
        CloneTarget clone = cloneTarget(name);
        clone.commit();
        if (clone.isComplete()) {
            events.add(name);
        }
    }

    @Override
    public void message(String name, String message) {
        faults.mutate("DeviceMapper.message " + name + " " + message, () -> {
            List<DmDevice.Segment> segments = existing(name).segments();
            if (segments.isEmpty()) {
                throw new SluiceException(ErrorKind.HOST, name + " has no table");
            }
            if (segments.getFirst().target() instanceof CloneTarget clone) {
                clone.foreground(isBusy(existing(name)));
            }
            segments.getFirst().target().message(message);
        });
    }

    @Override
    public void remove(String name) {
        faults.mutate("DeviceMapper.remove " + name, () -> {
            DmDevice device = devices.get(name);
            if (device == null) {
                return;
            }
            if (!device.users().isEmpty()) {
                throw new SluiceException(ErrorKind.IN_USE, name + " is in use by " + device.users());
            }
            device.takeDown();
            kernel.remove(device);
            devices.remove(name);
        });
    }

    List<DmDevice> suspended() {
        return devices.values().stream()
                .filter(device -> device.isSuspended() && !device.segments().isEmpty())
                .toList();
    }

    DmDevice existing(String name) {
        return device(name)
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "device-mapper has no device " + name));
    }

    Optional<DmDevice> device(String name) {
        return Optional.ofNullable(devices.get(name));
    }

    /** The clone target of a device, wherever in its table it is. */
    CloneTarget cloneTarget(String name) {
        DmDevice device = existing(name);
        return cloneTargets(device)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " has no clone target"));
    }

    List<CloneTarget> cloneTargets() {
        return devices.values().stream()
                .filter(device -> !device.isSuspended())
                .flatMap(this::cloneTargets)
                .toList();
    }

    private Stream<CloneTarget> cloneTargets(DmDevice device) {
        boolean busy = isBusy(device);
        return device.segments().stream()
                .map(DmDevice.Segment::target)
                .filter(CloneTarget.class::isInstance)
                .map(CloneTarget.class::cast)
                .peek(clone -> clone.foreground(busy));
    }

    /** Whether I/O is in flight here: someone never lets a device above be idle, and that is not suspended. */
    private boolean isBusy(DmDevice device) {
        return devices.values().stream()
                .filter(above -> above.busy && !above.isSuspended())
                .flatMap(above -> above.segments().stream())
                .anyMatch(segment -> segment.target().devices().contains(device));
    }

    void losePower() {
        devices.clear();
    }

    private static void requireContiguous(String name, List<TableLine> table) {
        long next = 0;
        for (TableLine line : table) {
            if (line.start() != next || line.length() <= 0) {
                throw new SluiceException(ErrorKind.HOST, name + ": table has a gap at sector " + next);
            }
            next += line.length();
        }
        if (table.isEmpty()) {
            throw new SluiceException(ErrorKind.HOST, name + ": empty table");
        }
    }
}
