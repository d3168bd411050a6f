package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyState;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.EncryptionTag;
import dev.sluice.node.clone.Step;
import dev.sluice.node.clone.Tables;
import dev.sluice.node.host.BlockDevice;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSession;
import dev.sluice.node.host.LogicalVolume;
import dev.sluice.node.host.MappedDevice;
import dev.sluice.node.host.TableLine;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Carries out the steps for one copy of a volume. */
final class StepRunner {
    private static final int FIRST_BLOCK = 4096;

    private final Host host;
    private final String id;
    private final long epoch;
    private final String copy;
    private final String volumeGroup;
    private final SourcePath path;

    StepRunner(Host host, String id, long epoch, String volumeGroup) {
        this.host = host;
        this.id = id;
        this.epoch = epoch;
        this.copy = Names.copy(id, epoch);
        this.volumeGroup = volumeGroup;
        this.path = new SourcePath(host, id, epoch);
    }

    void run(List<Step> steps) {
        steps.forEach(this::run);
    }

    private void run(Step step) {
        switch (step) {
            case Step.EnsureLogicalVolume ensure -> host.logicalVolumes().ensure(ensure.request());
            case Step.Extend extend -> host.logicalVolumes().extend(data(), extend.sizeBytes());
            case Step.Format format -> format(format);
            case Step.Retag retag -> retag(retag.tags());
            case Step.BeginMetadata() -> host.blockDevices().write(device(metadata()), new byte[FIRST_BLOCK]);
            case Step.Login login -> host.sessions().ensure(login.login());
            case Step.LoadSource source -> loadSource(source);
            case Step.LoadEngine engine -> loadEngine(engine);
            case Step.LoadOuterOverEngine outer ->
                load(
                        Names.outerDevice(id),
                        false,
                        Tables.outer(
                                mapped(Names.cloneDevice(copy)),
                                outer.engineBytes(),
                                device(data()),
                                outer.totalBytes()));
            case Step.LoadOuterOverData outer ->
                load(Names.outerDevice(id), false, Tables.linear(device(data()), outer.bytes()));
            case Step.LetDiscards let -> host.ranges().letDiscards(mapped(Names.outerDevice(id)), let.pass());
            case Step.Queue() -> path.queue();
            case Step.FailQueued() -> path.fail();
            case Step.CloseLuks() -> host.luks().close(Names.luksDevice(id));
            case Step.StopCopying() -> host.deviceMapper().message(Names.cloneDevice(copy), "disable_hydration");
            case Step.Flush() -> flush();
            case Step.RemoveOuter() -> host.deviceMapper().remove(Names.outerDevice(id));
            case Step.RemoveEngine() -> host.deviceMapper().remove(Names.cloneDevice(copy));
            case Step.RemoveSource() -> host.deviceMapper().remove(Names.sourceDevice(copy));
            case Step.Logout() -> {
                Sessions.ofDigests(host, id, epoch)
                        .ifPresent(found -> host.sessions().remove(found.iqn()));
                session().ifPresent(found -> host.sessions().remove(found.iqn()));
            }
            case Step.RemoveMetadata metadata -> host.logicalVolumes().remove(volumeGroup, metadata.lvUuid());
            case Step.RemoveData data -> host.logicalVolumes().remove(volumeGroup, data.lvUuid());
        }
    }

    private void format(Step.Format format) {
        LogicalVolume data = data();
        if (CopyTags.of(data).state() != CopyState.VIRGIN) {
            throw new SluiceException(ErrorKind.HOST, "volume " + id + " is not virgin: it is never formatted");
        }
        EncryptionTag.require(data, false);
        host.fileSystems().make(device(data), format.fsType(), true, format.options());
        host.blockDevices().flush(device(data));
    }

    private void retag(CopyTags tags) {
        LogicalVolume data = data();
        host.logicalVolumes().retag(data, CopyTags.of(data).print(), tags.print());
    }

    private void loadSource(Step.LoadSource source) {
        BlockDevice disk = session()
                .map(IscsiSession::disk)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.UNAVAILABLE,
                        "the disk of the origin of " + id + " went away; it is logged in again"));
        String name = Names.sourceDevice(copy);
        host.deviceMapper()
                .load(
                        name,
                        Names.dmUuid(name),
                        true,
                        Tables.source(Objects.requireNonNull(disk), source.bytes(), source.queues()));
        path.failIfGoingDown();
    }

    private void loadEngine(Step.LoadEngine engine) {
        List<TableLine> table = Tables.engine(
                device(metadata()),
                device(data()),
                mapped(Names.sourceDevice(copy)),
                engine.bytes(),
                engine.geometry());
        load(Names.cloneDevice(copy), false, table);
    }

    private void load(String name, boolean readOnly, List<TableLine> table) {
        host.deviceMapper().load(name, Names.dmUuid(name), readOnly, table);
    }

    /** What is not active was not written to since it was last flushed by its own end. */
    private void flush() {
        host.deviceMapper()
                .find(Names.cloneDevice(copy))
                .map(MappedDevice::device)
                .ifPresent(engine -> host.blockDevices().flush(engine));
        data().device().ifPresent(device -> host.blockDevices().flush(device));
    }

    private BlockDevice mapped(String name) {
        return host.deviceMapper()
                .find(name)
                .orElseThrow(() -> new SluiceException(ErrorKind.HOST, "device " + name + " is not there"))
                .device();
    }

    private LogicalVolume data() {
        return logicalVolume(copy);
    }

    private LogicalVolume metadata() {
        return logicalVolume(Names.metadataVolume(copy));
    }

    private LogicalVolume logicalVolume(String name) {
        return host.logicalVolumes()
                .find(volumeGroup, name)
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST, "logical volume " + volumeGroup + "/" + name + " is not there"));
    }

    private BlockDevice device(LogicalVolume volume) {
        return volume.device()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST, "logical volume " + volumeGroup + "/" + volume.name() + " is not active"));
    }

    private Optional<IscsiSession> session() {
        return Sessions.ofCopy(host, id, epoch);
    }
}
