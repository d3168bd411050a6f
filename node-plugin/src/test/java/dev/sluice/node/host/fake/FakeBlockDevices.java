package dev.sluice.node.host.fake;

import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.BlockDevices;

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
        faults.mutate(
                "BlockDevices.sync " + device.path(),
                () -> kernel.device(device).flush());
    }

    @Override
    public void zero(BlockDevice device, long bytes) {
        faults.mutate("BlockDevices.zero " + device.path() + " " + bytes, () -> {
            FakeDevice zeroed = kernel.device(device);
            zeroed.write(0, Math.ceilDiv(bytes, FakeHost.BLOCK), 0);
            zeroed.flush();
        });
    }

    @Override
    public long bytesRead(BlockDevice device) {
        return faults.look(
                "BlockDevices.bytesRead " + device.path(),
                () -> kernel.device(device).bytesRead());
    }
}
