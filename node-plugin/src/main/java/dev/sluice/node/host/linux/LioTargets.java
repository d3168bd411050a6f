package dev.sluice.node.host.linux;

import dev.sluice.names.Names;
import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiTarget;
import dev.sluice.node.host.IscsiTargets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** Targets in configfs. Of a target and its backstore only what differs from the wish is written. */
public final class LioTargets implements IscsiTargets {
    private static final String IQN_PREFIX = Names.targetIqn("");

    private final Path target;

    /** @param target /sys/kernel/config/target */
    LioTargets(Path target) {
        this.target = target;
    }

    /** Half-made ones too, with empty fields for what they lack. */
    @Override
    public List<IscsiTarget> list() {
        TreeSet<String> iqns = new TreeSet<>(KernelFiles.names(target.resolve("iscsi"), IQN_PREFIX + "*"));
        KernelFiles.names(target.resolve("core/iblock_0")).stream()
                .filter(name -> name.startsWith("e-"))
                .forEach(name -> iqns.add(Names.targetIqn(name)));
        return iqns.stream().map(this::report).toList();
    }

    private IscsiTarget report(String iqn) {
        LioTarget lio = new LioTarget(target, iqn);
        LioBackstore backstore = backstore(iqn);
        return new IscsiTarget(iqn, lio.initiator(), backstore.devicePath(), backstore.serial(), lio.portal());
    }

    @Override
    public void ensure(IscsiTarget wanted, Chap chap) {
        LioTarget lio = new LioTarget(target, wanted.iqn());
        LioBackstore backstore = backstore(wanted.iqn());
        if (lio.enabled() && !report(wanted.iqn()).equals(wanted)) {
            remove(wanted.iqn());
        } else if (backstore.exists() && !backstore.serves(wanted.devicePath(), wanted.serial())) {
            remove(wanted.iqn());
        }
        backstore.ensure(wanted.devicePath(), wanted.serial());
        lio.ensure(wanted, backstore, chap);
    }

    @Override
    public void remove(String iqn) {
        new LioTarget(target, iqn).remove();
        backstore(iqn).remove();
    }

    private LioBackstore backstore(String iqn) {
        return new LioBackstore(target, iqn.substring(IQN_PREFIX.length()));
    }
}
