package dev.sluice.node.clone;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.LogicalVolume;
import java.util.LinkedHashSet;
import java.util.Set;

/** On a logical volume: what is in it is LUKS2, so nothing but its decrypted device is ever formatted, mounted or shown to a pod. */
public final class EncryptionTag {
    private static final String LUKS2 = "sluice.encryption=luks2";

    private EncryptionTag() {}

    public static boolean isOn(LogicalVolume volume) {
        return volume.tags().contains(LUKS2);
    }

    public static Set<String> addTo(Set<String> tags) {
        Set<String> all = new LinkedHashSet<>(tags);
        all.add(LUKS2);
        return all;
    }

    /** HOST when what the tag says is not what is wanted: plaintext would be stored, or ciphertext taken for an empty disk. */
    public static void require(LogicalVolume volume, boolean encrypted) {
        if (isOn(volume) != encrypted) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "logical volume " + volume.volumeGroup() + "/" + volume.name()
                            + (encrypted
                                    ? " was not made for an encrypted volume"
                                    : " was made for an encrypted volume")
                            + ", the Volume object says otherwise. It is left alone.");
        }
    }
}
