package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Luks;
import dev.sluice.node.host.LuksDevice;
import dev.sluice.node.host.Passphrase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host's cryptsetup. The passphrase is its standard input and nothing else. The table of a decrypted device may hold a key: nobody asks
 * the kernel for it.
 */
final class Cryptsetup implements Luks {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /**
     * libdevmapper makes the node itself and waits for nobody: udev's workers may be blocked by a device of someone else's that does not
     * answer, and our rule keeps them from this one.
     */
    private static final Map<String, String> WITHOUT_UDEV = Map.of("DM_DISABLE_UDEV", "1");

    static final String UUID_PREFIX = "CRYPT-LUKS2-";
    private static final String OFFSET_SECTORS = "32768";
    private static final byte[] MAGIC = {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe, 0, 2};
    private static final int WRONG_PASSPHRASE = 2;
    private static final int NO_SUCH_DEVICE = 4;
    private static final int BUSY = 5;

    private final Processes processes;
    private final DmControl control;
    private final Path sys;
    /** Each derivation of a key takes 32 MiB of this container's memory. */
    private final Semaphore derivations = new Semaphore(4);

    Cryptsetup(Processes processes, DmControl control, Path sys) {
        this.processes = processes;
        this.control = control;
        this.sys = sys;
    }

    @Override
    public Optional<LuksDevice> find(String name) {
        // Status, not table: a table shows the volume key where the kernel has no keyring.
        return control.find(DmControl.TABLE_STATUS, new DmRequest().name(name).flags(DmRequest.NOFLUSH))
                .map(reply -> {
                    if (!reply.uuid().startsWith(UUID_PREFIX)) {
                        throw new SluiceException(
                                ErrorKind.HOST, name + " is not a LUKS2 device but has uuid " + reply.uuid());
                    }
                    BlockDevice device = reply.device();
                    Path slaves =
                            sys.resolve("dev/block").resolve(device.number()).resolve("slaves");
                    return new LuksDevice(device, Set.copyOf(KernelFiles.names(slaves)), reply.openCount());
                });
    }

    @Override
    public void format(BlockDevice device, Passphrase passphrase) {
        run(formatCommand(device), passphrase).require("encrypt " + device.path());
    }

    /**
     * argon2id, as passphrases may be a person's, but with fixed costs: by default cryptsetup measures the machine and takes up to 1 GiB, in
     * this container's memory and on every node that ever opens a clone. The offset is fixed because sizes are computed from it.
     */
    static List<String> formatCommand(BlockDevice device) {
        return List.of(
                "cryptsetup",
                "luksFormat",
                "--batch-mode",
                "--type",
                "luks2",
                "--cipher",
                "aes-xts-plain64",
                "--key-size",
                "512",
                "--hash",
                "sha256",
                "--sector-size",
                "4096",
                "--offset",
                OFFSET_SECTORS,
                "--pbkdf",
                "argon2id",
                "--pbkdf-memory",
                "32768",
                "--pbkdf-parallel",
                "1",
                "--pbkdf-force-iterations",
                "4",
                "--key-file",
                "-",
                device.path());
    }

    @Override
    public LuksDevice open(BlockDevice device, String name, Passphrase passphrase, boolean discards) {
        CommandResult result = run(openCommand(device, name, discards), passphrase);
        if (!result.succeeded()) {
            throw openFailure(device, result);
        }
        return find(name)
                .orElseThrow(
                        () -> new SluiceException(ErrorKind.HOST, "cryptsetup opened " + name + ", but it is gone"));
    }

    static List<String> openCommand(BlockDevice device, String name, boolean discards) {
        List<String> command = new ArrayList<>(List.of("cryptsetup", "open", "--type", "luks2", "--key-file", "-"));
        if (discards) {
            command.add("--allow-discards");
        }
        command.add(device.path());
        command.add(name);
        return List.copyOf(command);
    }

    private SluiceException openFailure(BlockDevice device, CommandResult result) {
        String doing = "decrypt " + device.path();
        if (result.exit() == WRONG_PASSPHRASE) {
            return result.failure(ErrorKind.INVALID, doing);
        }
        return result.failure(hasHeader(Path.of(device.path())) ? ErrorKind.HOST : ErrorKind.DATA_LOSS, doing);
    }

    /** Its own look: to cryptsetup a device that cannot be read and one without a header are the same. */
    static boolean hasHeader(Path device) {
        ByteBuffer start = ByteBuffer.allocate(MAGIC.length);
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            channel.read(start, 0);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "read " + device + ": " + e.getMessage(), e);
        }
        return Arrays.equals(start.array(), MAGIC);
    }

    @Override
    public void close(String name) {
        if (find(name).isEmpty()) {
            return;
        }
        CommandResult result = run(List.of("cryptsetup", "close", name), new byte[0]);
        if (result.exit() == BUSY) {
            throw result.failure(ErrorKind.IN_USE, "close " + name);
        }
        if (result.exit() != NO_SUCH_DEVICE) {
            result.require("close " + name);
        }
    }

    @Override
    public void resize(String name, @Nullable Passphrase passphrase) {
        // Where the kernel has no keyring the key is in the table, and growing needs none.
        CommandResult result = passphrase == null
                ? run(List.of("cryptsetup", "resize", "--batch-mode", name), new byte[0])
                : run(List.of("cryptsetup", "resize", "--key-file", "-", name), passphrase);
        if (result.exit() == WRONG_PASSPHRASE || (passphrase == null && !result.succeeded())) {
            throw result.failure(ErrorKind.INVALID, "resize " + name);
        }
        result.require("resize " + name);
    }

    private CommandResult run(List<String> command, Passphrase passphrase) {
        try {
            if (!derivations.tryAcquire(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SluiceException(ErrorKind.BUSY, "too many volumes are being decrypted at once; ask again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SluiceException(ErrorKind.STILL_WORKING, "cryptsetup was interrupted", e);
        }
        try {
            return run(command, passphrase.text().getBytes(StandardCharsets.UTF_8));
        } finally {
            derivations.release();
        }
    }

    private CommandResult run(List<String> command, byte[] input) {
        return processes.run(DEADLINE, command, WITHOUT_UDEV, input);
    }
}
