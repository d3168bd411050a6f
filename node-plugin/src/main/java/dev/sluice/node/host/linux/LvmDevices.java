package dev.sluice.node.host.linux;

import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.TableLine;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the kernel itself knows about active logical volumes, asked by ioctl: a report by lvm would cost half a second in the lab. */
final class LvmDevices {
    private static final String PREFIX = "LVM-";
    private static final int UUID_LENGTH = 32;
    private static final long SECTOR = 512;

    private final DmControl control;

    LvmDevices(DmControl control) {
        this.control = control;
    }

    /** Name of a logical volume's device: hyphens are doubled. */
    static String name(String group, String volume) {
        return group.replace("-", "--") + "-" + volume.replace("-", "--");
    }

    /** lvm prints 6-4-4-4-4-4-6, the kernel has the bare characters. */
    static String hyphenated(String uuid) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < uuid.length(); index++) {
            if (index >= 6 && index <= 26 && (index - 6) % 4 == 0) {
                text.append('-');
            }
            text.append(uuid.charAt(index));
        }
        return text.toString();
    }

    /** Whether a device of the kernel's is the logical volume that lvm gives this UUID; what it makes beneath one has a suffix. */
    static boolean isOf(String deviceUuid, String lvUuid) {
        int length = PREFIX.length() + 2 * UUID_LENGTH;
        return deviceUuid.startsWith(PREFIX)
                && deviceUuid.length() == length
                && hyphenated(deviceUuid.substring(PREFIX.length() + UUID_LENGTH))
                        .equals(lvUuid);
    }

    /** The active volume of this name; its tags are not the kernel's to know. */
    Optional<LogicalVolume> find(String group, String name, @Nullable String pool, Set<String> tags) {
        return control.describe(name(group, name))
                .filter(reply -> reply.uuid().startsWith(PREFIX) && reply.has(DmRequest.ACTIVE_PRESENT))
                .map(reply -> volume(reply, group, name, pool, tags));
    }

    private static LogicalVolume volume(
            DmReply reply, String group, String name, @Nullable String pool, Set<String> tags) {
        String uuids = reply.uuid().substring(PREFIX.length());
        TableLine last = reply.lines().getLast();
        return new LogicalVolume(
                group,
                hyphenated(uuids.substring(0, UUID_LENGTH)),
                name,
                hyphenated(uuids.substring(UUID_LENGTH, 2 * UUID_LENGTH)),
                (last.start() + last.length()) * SECTOR,
                pool,
                last.type().equals("thin") ? Integer.valueOf(last.arguments().split(" ", -1)[1]) : null,
                Set.copyOf(tags),
                reply.device());
    }
}
