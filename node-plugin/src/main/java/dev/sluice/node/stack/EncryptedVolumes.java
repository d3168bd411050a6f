package dev.sluice.node.stack;

import dev.sluice.api.Encryption;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.EncryptionTag;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.LuksDevice;
import dev.sluice.node.host.Passphrase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The devices pods use, with the LUKS layer of those volumes that are encrypted: open exactly while a volume is staged. */
public final class EncryptedVolumes {
    private final Host host;
    private final VolumeStacks stacks;

    public EncryptedVolumes(Host host, VolumeStacks stacks) {
        this.host = host;
        this.stacks = stacks;
    }

    /** NOT_FOUND when the volume has no device here, IN_USE when it is encrypted and not open: ciphertext is never shown to a pod. */
    public BlockDevice device(String id) {
        BlockDevice outer = stacks.device(id);
        if (!EncryptionTag.isOn(stacks.copies().latest(id))) {
            return outer;
        }
        return find(id, outer)
                .map(LuksDevice::device)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.IN_USE,
                        "volume " + id + " is encrypted and not open: it is not staged on this node"));
    }

    public boolean isOpen(String id) {
        return host.luks().find(Names.luksDevice(id)).isPresent();
    }

    /**
     * The device to mount. Of an encrypted volume the LUKS layer is opened, and when the volume was never used it is made first: the key
     * comes only now.
     */
    public BlockDevice open(String id, VolumeContent content, @Nullable Passphrase passphrase) {
        Encryption encryption = content.encryption();
        BlockDevice outer = stacks.device(id);
        EncryptionTag.require(stacks.copies().latest(id), encryption != null);
        if (encryption == null) {
            return outer;
        }
        if (passphrase == null) {
            throw new SluiceException(
                    ErrorKind.INVALID,
                    "volume " + id
                            + " is encrypted, and the node-stage secret has no encryptionPassphrase; name the Secret"
                            + " in the StorageClass as csi.storage.k8s.io/node-stage-secret-name and -namespace");
        }
        stacks.ensureContent(id, () -> make(id, outer, content, encryption, passphrase));
        return find(id, outer)
                .orElseGet(() -> unlock(id, outer, encryption, passphrase))
                .device();
    }

    /** Absent is success. */
    public void close(String id) {
        if (isOpen(id)) {
            host.luks().close(Names.luksDevice(id));
        }
    }

    /** After the device grew: the LUKS layer of an open encrypted volume follows it. */
    public void grow(String id, @Nullable Passphrase passphrase) {
        BlockDevice outer = stacks.device(id);
        Optional<LuksDevice> open = find(id, outer);
        if (open.isEmpty()
                || host.blockDevices().sizeBytes(open.get().device()) + Encryption.HEADER_BYTES
                        >= host.blockDevices().sizeBytes(outer)) {
            return;
        }
        try {
            host.luks().resize(Names.luksDevice(id), passphrase);
        } catch (SluiceException e) {
            throw e.kind() != ErrorKind.INVALID
                    ? e
                    : explained(
                            e,
                            "volume " + id
                                    + " is encrypted and grows only with its key: the encryptionPassphrase in the"
                                    + " node-expand secret is missing or wrong; check csi.storage.k8s.io/node-expand-secret-name"
                                    + " and -namespace");
        }
    }

    /** Whatever an earlier try left is worth nothing: the copy is still virgin. */
    private void make(
            String id, BlockDevice outer, VolumeContent content, Encryption encryption, Passphrase passphrase) {
        close(id);
        host.luks().format(outer, passphrase);
        BlockDevice device = host.luks()
                .open(outer, Names.luksDevice(id), passphrase, encryption.discards())
                .device();
        String fsType = content.fsType();
        if (fsType != null) {
            host.fileSystems().make(device, fsType, false, content.mkfsOptions());
        }
        host.blockDevices().flush(device);
    }

    private LuksDevice unlock(String id, BlockDevice outer, Encryption encryption, Passphrase passphrase) {
        try {
            return host.luks().open(outer, Names.luksDevice(id), passphrase, encryption.discards());
        } catch (SluiceException e) {
            throw switch (e.kind()) {
                case INVALID ->
                    explained(
                            e,
                            "the passphrase in the node-stage secret does not open volume " + id
                                    + "; nothing was written. Check csi.storage.k8s.io/node-stage-secret-name and -namespace: a"
                                    + " clone has the key of its source");
                case DATA_LOSS ->
                    explained(
                            e,
                            "volume " + id
                                    + " is encrypted, but its device does not begin with a LUKS2 header. Nothing is"
                                    + " formatted in its place; restore the volume from its source or a snapshot");
                default -> e;
            };
        }
    }

    private static SluiceException explained(SluiceException cause, String message) {
        return new SluiceException(cause.kind(), message + " (" + cause.getMessage() + ")", cause);
    }

    private Optional<LuksDevice> find(String id, BlockDevice outer) {
        Optional<LuksDevice> open = host.luks().find(Names.luksDevice(id));
        if (open.isPresent() && !open.get().isOver(outer)) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    Names.luksDevice(id) + " is over " + open.get().below() + ", not over " + outer.path()
                            + " of volume " + id + ". It is left alone; close it by hand.");
        }
        return open;
    }
}
