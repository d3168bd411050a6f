package dev.sluice.node.host.linux;

import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One iSCSI target in configfs with its only portal group, portal, LUN and ACL. Folders that exist are kept: a crash may have left it half made. */
final class LioTarget {
    private static final String LUN = "lun/lun_0";
    private static final String ACL_LUN = "lun_0";
    private static final String LINK = "sluice";

    private final Path folder;
    private final Path group;

    LioTarget(Path target, String iqn) {
        this.folder = target.resolve("iscsi").resolve(iqn);
        this.group = folder.resolve("tpgt_1");
    }

    boolean enabled() {
        return KernelFiles.find(group.resolve("enable")).filter("1"::equals).isPresent();
    }

    String initiator() {
        return first("acls");
    }

    String portal() {
        return first("np");
    }

    private String first(String kind) {
        return KernelFiles.names(group.resolve(kind)).stream().findFirst().orElse("");
    }

    /** Enabled last, when nothing is left that would let a stranger in. */
    void ensure(IscsiTarget wanted, LioBackstore backstore, Chap chap) {
        KernelFiles.makeFolder(group);
        attribute("authentication", "1");
        attribute("generate_node_acls", "0");
        attribute("demo_mode_write_protect", "1");
        attribute("prod_mode_write_protect", "1");
        attribute("demo_mode_discovery", "0");
        ensureLun(group.resolve(LUN), backstore.folder());
        Path acl = group.resolve("acls").resolve(wanted.initiator());
        KernelFiles.makeFolder(acl);
        writeSecrets(acl.resolve("auth"), chap);
        ensureLun(acl.resolve(ACL_LUN), group.resolve(LUN));
        KernelFiles.write(acl.resolve(ACL_LUN).resolve("write_protect"), "1");
        KernelFiles.makeFolder(group.resolve("np").resolve(wanted.portal()));
        KernelFiles.write(group.resolve("enable"), "1");
    }

    private void attribute(String name, String value) {
        KernelFiles.write(group.resolve("attrib").resolve(name), value);
    }

    private static void ensureLun(Path lun, Path device) {
        KernelFiles.makeFolder(lun);
        Path link = lun.resolve(LINK);
        if (!Files.isSymbolicLink(link)) {
            KernelFiles.link(link, device);
        }
    }

    private static void writeSecrets(Path auth, Chap chap) {
        KernelFiles.write(auth.resolve("userid"), chap.user());
        KernelFiles.write(auth.resolve("password"), chap.password());
        KernelFiles.write(auth.resolve("userid_mutual"), chap.mutualUser());
        KernelFiles.write(auth.resolve("password_mutual"), chap.mutualPassword());
    }

    /** Disabling ends the sessions; the rest goes from the leaves to the root, as configfs demands. */
    void remove() {
        if (enabled()) {
            KernelFiles.write(group.resolve("enable"), "0");
        }
        for (String initiator : KernelFiles.names(group.resolve("acls"))) {
            Path acl = group.resolve("acls").resolve(initiator);
            removeLun(acl.resolve(ACL_LUN));
            KernelFiles.remove(acl);
        }
        removeLun(group.resolve(LUN));
        removeAll(group.resolve("np"));
        KernelFiles.remove(group);
        KernelFiles.remove(folder);
    }

    private static void removeLun(Path lun) {
        for (String name : KernelFiles.names(lun)) {
            if (Files.isSymbolicLink(lun.resolve(name))) {
                KernelFiles.remove(lun.resolve(name));
            }
        }
        KernelFiles.remove(lun);
    }

    private static void removeAll(Path folder) {
        List<String> names = KernelFiles.names(folder);
        names.forEach(name -> KernelFiles.remove(folder.resolve(name)));
    }
}
