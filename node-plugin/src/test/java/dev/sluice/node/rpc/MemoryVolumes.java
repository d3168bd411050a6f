package dev.sluice.node.rpc;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.mount.ReadyVolume;
import dev.sluice.node.mount.VolumeDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A cluster's volumes in memory; waiting can be held up and failed. */
final class MemoryVolumes implements VolumeDirectory {
    final Map<String, ReadyVolume> volumes = new ConcurrentHashMap<>();
    final Set<String> attached = ConcurrentHashMap.newKeySet();
    volatile @Nullable SluiceException failure;
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile int waiting;

    @Override
    public ReadyVolume awaitReady(String volume, Duration patience) {
        waiting++;
        try {
            if (!gate.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SluiceException(ErrorKind.STILL_WORKING, "volume " + volume + " is not ready");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SluiceException wanted = failure;
        if (wanted != null) {
            throw wanted;
        }
        ReadyVolume ready = volumes.get(volume);
        if (ready == null) {
            throw new SluiceException(ErrorKind.NOT_FOUND, "volume " + volume + " does not exist");
        }
        return ready;
    }

    @Override
    public void createAttachment(String volume) {
        attached.add(volume);
    }

    @Override
    public void removeAttachment(String volume) {
        attached.remove(volume);
    }

    @Override
    public List<String> attachments() {
        return List.copyOf(attached);
    }
}
