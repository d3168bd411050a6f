package dev.sluice.node.host.fake;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.IscsiSessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sessions come back by themselves when the target can be reached again, as the kernel's and iscsid's do. */
final class FakeIscsiSessions implements IscsiSessions {
    private final FakeHost owner;
    private final FakeNetwork network;
    private final FakeKernel kernel;
    private final Faults faults;
    private final Map<String, Disk> sessions = new LinkedHashMap<>();

    FakeIscsiSessions(FakeHost owner, FakeNetwork network, FakeKernel kernel, Faults faults) {
        this.owner = owner;
        this.network = network;
        this.kernel = kernel;
        this.faults = faults;
    }

    @Override
    public List<IscsiSession> list() {
        return faults.look(
                "IscsiSessions.list",
                () -> sessions.values().stream().map(Disk::report).toList());
    }

    @Override
    public Optional<IscsiSession> find(String iqn) {
        return faults.look("IscsiSessions.find ", iqn, () -> {
            Disk disk = sessions.get(iqn);
            return disk == null ? Optional.empty() : Optional.of(disk.report());
        });
    }

    @Override
    public Beginning begin(IscsiLogin login) {
        return faults.mutate("IscsiSessions.begin " + login.iqn(), () -> {
            if (!sessions.containsKey(login.iqn())) {
                try {
                    logIn(login);
                } catch (SluiceException refused) {
                    return () -> {};
                }
            }
            return () -> {};
        });
    }

    @Override
    public IscsiSession ensure(IscsiLogin login) {
        return faults.mutate("IscsiSessions.ensure " + login.iqn(), () -> {
            Disk disk = sessions.get(login.iqn());
            if (disk == null) {
                disk = logIn(login);
            }
            verify(disk, login);
            return disk.report();
        });
    }

    private Disk logIn(IscsiLogin login) {
        FakeIscsiTargets.Served served = network.reach(owner, login.portal())
                .flatMap(host -> host.fakeTargets().admit(login.iqn(), owner.initiatorName(), login.chap()))
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE, login.iqn() + " at " + login.portal() + " does not let us in"));
        Disk disk = new Disk(login, served);
        kernel.add(disk);
        sessions.put(login.iqn(), disk);
        return disk;
    }

    private static void verify(Disk disk, IscsiLogin login) {
        if (!disk.serial.equals(login.serial()) || disk.sizeBytes() != login.sizeBytes()) {
            throw new SluiceException(
                    ErrorKind.HOST,
                    "disk of %s is %s with %d bytes, promised was %s with %d bytes"
                            .formatted(login.iqn(), disk.serial, disk.sizeBytes(), login.serial(), login.sizeBytes()));
        }
    }

    @Override
    public void remove(String iqn) {
        faults.mutate("IscsiSessions.remove " + iqn, () -> {
            Disk disk = sessions.remove(iqn);
            if (disk != null) {
                disk.gone = true;
                kernel.remove(disk);
            }
        });
    }

    void losePower() {
        sessions.values().forEach(disk -> disk.gone = true);
        sessions.clear();
    }

    /** The disk of one session; whoever still holds it after a logout meets errors. */
    private final class Disk extends FakeDevice {
        private final IscsiLogin login;
        private final String serial;
        private final long size;
        private boolean gone;

        Disk(IscsiLogin login, FakeIscsiTargets.Served served) {
            super(kernel.nextDisk());
            this.login = login;
            this.serial = served.target().serial();
            this.size = served.device().sizeBytes();
        }

        IscsiSession report() {
            BlockDevice device = identity();
            return new IscsiSession(login.iqn(), served().isPresent(), device);
        }

        private Optional<FakeDevice> served() {
            return gone
                    ? Optional.empty()
                    : network.reach(owner, login.portal())
                            .flatMap(host -> host.fakeTargets().admit(login.iqn(), owner.initiatorName(), login.chap()))
                            .map(FakeIscsiTargets.Served::device);
        }

        @Override
        long sizeBytes() {
            return size;
        }

        @Override
        boolean readOnly() {
            return true;
        }

        @Override
        protected long readBlock(long block) {
            FakeDevice device = served().orElseThrow(() -> IoError.failed("no connection to " + login.iqn()));
            try {
                return device.read(block);
            } catch (IoError e) {
                throw e.isQueued() ? e : IoError.refused(login.iqn() + " answers: " + e.getMessage());
            }
        }

        @Override
        protected void writeBlocks(long block, long count, long value) {
            throw IoError.failed(login.iqn() + " is write-protected");
        }

        @Override
        protected void discardBlocks(long block, long count) {
            throw IoError.failed(login.iqn() + " is write-protected");
        }

        @Override
        void flush() {
            // Nothing was written.
        }
    }
}
