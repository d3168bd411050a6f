package dev.sluice.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.idle.IdleDriverMain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarInputStream;
import org.junit.jupiter.api.Test;

class IdleInstallationTest {
    /** The limit of a ConfigMap is a mebibyte, in base64. */
    private static final int ENOUGH = 500_000;

    @Test
    void theDriversClassesFitIntoAConfigMap() throws IOException {
        byte[] jar = IdleInstallation.jar();

        assertThat(jar.length).isLessThan(ENOUGH);
        List<String> names = new ArrayList<>();
        try (var entries = new JarInputStream(new ByteArrayInputStream(jar))) {
            for (var entry = entries.getNextJarEntry(); entry != null; entry = entries.getNextJarEntry()) {
                names.add(entry.getName());
            }
        }
        assertThat(names)
                .contains(IdleDriverMain.class.getName().replace('.', '/') + ".class")
                .noneMatch(name -> name.contains("Test"));
    }
}
