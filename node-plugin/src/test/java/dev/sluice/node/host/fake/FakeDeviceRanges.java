package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.DeviceRanges;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

final class FakeDeviceRanges implements DeviceRanges {
    private static final int BLOCK = (int) FakeHost.BLOCK;

    private final FakeKernel kernel;
    private final FakeNetwork network;
    private final Faults faults;

    FakeDeviceRanges(FakeKernel kernel, FakeNetwork network, Faults faults) {
        this.kernel = kernel;
        this.network = network;
        this.faults = faults;
    }

    @Override
    public byte[] read(BlockDevice device, long offset, int bytes) {
        return faults.look("DeviceRanges.read " + device.path() + " " + offset + "+" + bytes, () -> {
            ByteBuffer content = ByteBuffer.allocate(bytes);
            FakeDevice read = kernel.device(device);
            for (int at = 0; at < bytes; at += BLOCK) {
                byte[] metadata = CloneMetadata.block(read, (offset + at) / BLOCK);
                content.put(at, metadata != null ? metadata : bytes(read(read, (offset + at) / BLOCK)));
            }
            return content.array();
        });
    }

    private static long read(FakeDevice device, long block) {
        try {
            return device.read(block);
        } catch (IoError e) {
            throw new SluiceException(
                    ErrorKind.HOST, "read " + device.identity().path() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void write(BlockDevice device, long offset, byte[] content) {
        faults.mutate("DeviceRanges.write " + device.path() + " " + offset + "+" + content.length, () -> {
            FakeDevice written = kernel.device(device);
            for (int at = 0; at < content.length; at += BLOCK) {
                written.write((offset + at) / BLOCK, 1, number(Arrays.copyOfRange(content, at, at + BLOCK)));
            }
            written.flush();
        });
    }

    @Override
    public void discard(BlockDevice device, long offset, long bytes) {
        faults.mutate(
                "DeviceRanges.discard " + device.path() + " " + offset + "+" + bytes,
                () -> kernel.device(device).discard(offset / BLOCK, bytes / BLOCK));
    }

    @Override
    public void letDiscards(BlockDevice device, boolean pass) {
        faults.mutate("DeviceRanges.letDiscards " + device.path() + " " + pass, () -> {
            if (kernel.device(device) instanceof DmDevice mapped) {
                mapped.letDiscards(pass);
            }
        });
    }

    @Override
    public void letMerge(BlockDevice device, boolean merge) {
        faults.mutate("DeviceRanges.letMerge " + device.path() + " " + merge, () -> {
            if (kernel.device(device) instanceof DmDevice mapped) {
                mapped.merges = merge;
            }
        });
    }

    private byte[] bytes(long number) {
        byte[] known = network.contents.get(number);
        return known != null
                ? known
                : ByteBuffer.allocate(BLOCK).putLong(number).array();
    }

    private long number(byte[] block) {
        ByteBuffer plain =
                ByteBuffer.allocate(BLOCK).putLong(ByteBuffer.wrap(block).getLong());
        if (Arrays.equals(plain.array(), block)) {
            return ByteBuffer.wrap(block).getLong();
        }
        try {
            long number = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(block))
                    .getLong();
            network.contents.put(number, block);
            return number;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
