package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalVolumesTest {
    @TempDir
    Path sys = Path.of("replaced");

    @Test
    void nothingThatMayHangIsNamed() throws IOException {
        disk("devices/pci/sda", "sda", "100");
        Files.createDirectories(sys.resolve("devices/pci/sda/sda1"));
        disk("devices/platform/host3/session1/target3:0:0/3:0:0:0/block/sdb", "sdb", "100");
        disk("devices/virtual/block/loop0", "loop0", "100");
        disk("devices/virtual/block/nbd0", "nbd0", "0");
        mapped("dm-0", "CRYPT-LUKS2-x");
        mapped("dm-1", "LVM-x");
        mapped("dm-2", "SLUICE-v-1");

        assertThat(new PhysicalVolumes(sys).candidates()).containsExactly("/dev/dm-0", "/dev/sda", "/dev/sda1");
    }

    private void mapped(String name, String uuid) throws IOException {
        disk("devices/virtual/block/" + name, name, "100");
        Path dm = Files.createDirectories(
                sys.resolve("devices/virtual/block").resolve(name).resolve("dm"));
        Files.writeString(dm.resolve("uuid"), uuid + "\n");
    }

    private void disk(String folder, String name, String size) throws IOException {
        Path real = Files.createDirectories(sys.resolve(folder));
        Files.writeString(real.resolve("size"), size + "\n");
        Files.createSymbolicLink(Files.createDirectories(sys.resolve("block")).resolve(name), real);
    }
}
