package dev.sluice.node.host.linux;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.LogicalVolume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One report of all groups, kept up to date by what this process itself changes. Not thread-safe: its owner locks. */
final class LvmInventory {
    static final String FIELDS = "vg_name,vg_uuid,vg_free,lv_name,lv_uuid,lv_size,pool_lv,thin_id,lv_tags,lv_active,"
            + "lv_kernel_major,lv_kernel_minor";

    private final Map<String, LogicalVolume> volumes = new LinkedHashMap<>();
    /** Free bytes of each group, had it no plain volumes. */
    private final Map<String, Long> withoutPlain = new LinkedHashMap<>();

    static LvmInventory parse(String json) {
        LvmInventory inventory = new LvmInventory();
        Map<String, Long> free = new LinkedHashMap<>();
        for (LvmReport.Row row : LvmReport.parse(json, "lv")) {
            inventory.put(volume(row));
            free.put(row.text("vg_name"), row.number("vg_free"));
        }
        free.forEach((group, bytes) -> inventory.withoutPlain.put(group, bytes + inventory.plainBytes(group)));
        return inventory;
    }

    private static LogicalVolume volume(LvmReport.Row row) {
        String minor = row.text("lv_kernel_minor");
        boolean active = row.text("lv_active").equals("active") && !minor.startsWith("-");
        BlockDevice device = active
                ? new BlockDevice(
                        "/dev/dm-" + minor, Integer.parseInt(row.text("lv_kernel_major")), Integer.parseInt(minor))
                : null;
        return new LogicalVolume(
                row.text("vg_name"),
                row.text("vg_uuid"),
                row.text("lv_name"),
                row.text("lv_uuid"),
                row.number("lv_size"),
                row.textOrNull("pool_lv"),
                row.integerOrNull("thin_id"),
                Set.copyOf(row.set("lv_tags")),
                device);
    }

    List<LogicalVolume> all() {
        return new ArrayList<>(volumes.values());
    }

    Optional<LogicalVolume> find(String group, String name) {
        return Optional.ofNullable(volumes.get(group + "/" + name));
    }

    Optional<LogicalVolume> byUuid(String group, String uuid) {
        return volumes.values().stream()
                .filter(volume ->
                        volume.volumeGroup().equals(group) && volume.uuid().equals(uuid))
                .findFirst();
    }

    void put(LogicalVolume volume) {
        volumes.put(volume.volumeGroup() + "/" + volume.name(), volume);
    }

    void remove(LogicalVolume volume) {
        volumes.remove(volume.volumeGroup() + "/" + volume.name());
    }

    /** Zero for a group the report said nothing about: it has no volumes, hence no pool. */
    long freeBytes(String group) {
        return withoutPlain.getOrDefault(group, 0L) - plainBytes(group);
    }

    private long plainBytes(String group) {
        return volumes.values().stream()
                .filter(volume -> volume.volumeGroup().equals(group) && volume.pool() == null)
                .mapToLong(LogicalVolume::sizeBytes)
                .sum();
    }
}
