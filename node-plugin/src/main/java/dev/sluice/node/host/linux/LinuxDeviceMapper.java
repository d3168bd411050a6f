package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.host.DeviceMapper;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Devices of ours by ioctl: no process, no udev, no waiting for either. */
public final class LinuxDeviceMapper implements DeviceMapper {
    static final String UUID_PREFIX = "SLUICE-";

    private final DmControl control;
    private final Path sys;
    private final DmEvents events;

    LinuxDeviceMapper(DmControl control, Path sys) {
        this.control = control;
        this.sys = sys;
        this.events = new DmEvents(control);
    }

    @Override
    public List<MappedDevice> list() {
        return control.names().stream()
                .filter(name -> Names.isDevice(name) && !Names.isLuksDevice(name))
                .flatMap(name -> find(name).stream())
                .toList();
    }

    @Override
    public Optional<MappedDevice> find(String name) {
        return control.describe(name)
                .filter(reply -> reply.uuid().startsWith(UUID_PREFIX))
                .map(reply -> new MappedDevice(
                        name,
                        reply.uuid(),
                        reply.device(),
                        reply.lines(),
                        reply.has(DmRequest.READONLY),
                        reply.has(DmRequest.SUSPEND) || !reply.has(DmRequest.ACTIVE_PRESENT),
                        reply.openCount()));
    }

    @Override
    public MappedDevice load(String name, String uuid, boolean readOnly, List<TableLine> table) {
        boolean created = ensureDevice(name, uuid);
        try {
            int flags = readOnly ? DmRequest.READONLY : 0;
            control.call(
                    DmControl.TABLE_LOAD,
                    new DmRequest().name(name).flags(flags).table(table));
        } catch (SluiceException e) {
            if (created) {
                remove(name);
            }
            throw e;
        }
        resume(name);
        return verified(name, table);
    }

    private boolean ensureDevice(String name, String uuid) {
        Optional<DmReply> existing = control.describe(name);
        if (existing.isEmpty()) {
            control.call(DmControl.CREATE, new DmRequest().name(name).uuid(uuid));
            return true;
        }
        String found = existing.get().uuid();
        if (!found.equals(uuid)) {
            throw new SluiceException(ErrorKind.HOST, name + " exists with uuid " + found + ", expected " + uuid);
        }
        return false;
    }

    private void resume(String name) {
        int flags = DmRequest.SKIP_LOCKFS | DmRequest.NOFLUSH;
        try {
            control.call(
                    DmControl.RESUME, new DmRequest().name(name).flags(flags).quietUdev());
        } catch (SluiceException e) {
            control.find(DmControl.TABLE_CLEAR, new DmRequest().name(name));
            throw e;
        }
    }

    private MappedDevice verified(String name, List<TableLine> table) {
        MappedDevice live = find(name).orElseThrow(() -> new SluiceException(ErrorKind.HOST, name + " vanished"));
        if (live.suspended() || !sameShape(live.table(), table)) {
            throw new SluiceException(ErrorKind.HOST, name + " has table " + live.table() + " after loading " + table);
        }
        return live;
    }

    /** Arguments are compared for linear only: other targets print theirs in their own form. */
    private static boolean sameShape(List<TableLine> live, List<TableLine> wanted) {
        if (live.size() != wanted.size()) {
            return false;
        }
        for (int index = 0; index < live.size(); index++) {
            TableLine one = live.get(index);
            TableLine other = wanted.get(index);
            boolean same = one.start() == other.start()
                    && one.length() == other.length()
                    && one.type().equals(other.type())
                    && (!one.type().equals("linear") || one.arguments().equals(other.arguments()));
            if (!same) {
                return false;
            }
        }
        return true;
    }

    @Override
    public List<TableLine> status(String name, boolean flush) {
        int flags = flush ? 0 : DmRequest.NOFLUSH;
        return control.find(DmControl.TABLE_STATUS, new DmRequest().name(name).flags(flags))
                .map(DmReply::lines)
                .orElse(List.of());
    }

    @Override
    public Set<String> awaitEvents(Duration longest) {
        return events.await(longest);
    }

    @Override
    public void message(String name, String message) {
        control.call(DmControl.MESSAGE, new DmRequest().name(name).message(message));
    }

    @Override
    public void remove(String name) {
        Optional<MappedDevice> device = find(name);
        if (device.isEmpty()) {
            return;
        }
        try {
            control.find(DmControl.REMOVE, new DmRequest().name(name).quietUdev());
        } catch (SluiceException e) {
            throw e.kind() == ErrorKind.IN_USE ? inUse(device.get()) : e;
        }
    }

    private SluiceException inUse(MappedDevice device) {
        int minor = device.device().minor();
        List<String> holders = KernelFiles.names(sys.resolve("block/dm-" + minor + "/holders"));
        List<String> mounts = LinuxMounts.table().entries().stream()
                .filter(entry -> entry.deviceNumber().equals(device.device().number()))
                .map(MountTable.Entry::path)
                .toList();
        return new SluiceException(
                ErrorKind.IN_USE,
                "%s is open %d times; devices above: %s; mounts: %s"
                        .formatted(device.name(), device.openCount(), holders, mounts));
    }
}
