package dev.sluice.node.host;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** LUKS2: devices of ours that decrypt another device, each under a name. */
public interface Luks {
    /** The decrypted device of this name, with what it is over; no key is looked at. */
    Optional<LuksDevice> find(String name);

    /** Writes a new header with a new volume key: what was in the device cannot be read any more. Only for a copy tagged virgin. */
    void format(BlockDevice device, Passphrase passphrase);

    /**
     * Makes the decrypted device. INVALID when the passphrase does not open it, DATA_LOSS when there is no LUKS2 header; nothing is written
     * then.
     *
     * @param discards lets discards through, which shows which blocks are used
     */
    LuksDevice open(BlockDevice device, String name, Passphrase passphrase, boolean discards);

    /** Absent is success. IN_USE when anyone has it open. */
    void close(String name);

    /** Grows it to the device it is over. INVALID when the kernel wants the passphrase for it and there is none, or a wrong one. */
    void resize(String name, @Nullable Passphrase passphrase);
}
