package dev.sluice.node.host.fake;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.BlockDevices;
import java.nio.ByteBuffer;

final class FakeBlockDevices implements BlockDevices {
    private final FakeKernel kernel;
    private final Faults faults;

    FakeBlockDevices(FakeKernel kernel, Faults faults) {
        this.kernel = kernel;
        this.faults = faults;
    }

    @Override
    public long sizeBytes(BlockDevice device) {
        return faults.look(
                "BlockDevices.sizeBytes " + device.path(),
                () -> kernel.device(device).sizeBytes());
    }

    @Override
    public void flush(BlockDevice device) {
        faults.mutate(
                "BlockDevices.flush " + device.path(),
                () -> kernel.device(device).flush());
    }

    @Override
    public void sync(BlockDevice device) {
        faults.mutate("BlockDevices.sync " + device.path(), () -> {
            kernel.pageCache.writeBack(kernel.device(device));
            kernel.device(device).flush();
        });
    }

    @Override
    public byte[] read(BlockDevice device, int bytes) {
        return faults.look("BlockDevices.read " + device.path() + " " + bytes, () -> {
            ByteBuffer content = ByteBuffer.allocate(bytes);
            for (int block = 0; block < bytes / FakeHost.BLOCK; block++) {
                content.putLong(
                        (int) (block * FakeHost.BLOCK), kernel.device(device).read(block));
            }
            return content.array();
        });
    }

    @Override
    public void write(BlockDevice device, byte[] content) {
        faults.mutate("BlockDevices.write " + device.path() + " " + content.length, () -> {
            FakeDevice written = kernel.device(device);
            for (int block = 0; block < content.length / FakeHost.BLOCK; block++) {
                written.write(block, 1, ByteBuffer.wrap(content).getLong((int) (block * FakeHost.BLOCK)));
            }
            written.flush();
        });
    }

    @Override
    public long bytesRead(BlockDevice device) {
        return faults.look(
                "BlockDevices.bytesRead " + device.path(),
                () -> kernel.device(device).bytesRead());
    }

    @Override
    public long inFlight(BlockDevice device) {
        return faults.look("BlockDevices.inFlight " + device.path(), () -> switch (kernel.device(device)) {
            case DmDevice mapped when mapped.busy -> 1L;
            case DmDevice mapped -> mapped.waiting;
            default -> 0L;
        });
    }
}
