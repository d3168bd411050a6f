package dev.sluice.node.host.linux;

import dev.sluice.node.host.IscsiLogin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The text of open-iscsi's node record. Written as a file, because iscsiadm would take one process a setting and show secrets in its
 * arguments.
 */
final class NodeRecord {
    private static final int GROUP_TAG = 1;

    private NodeRecord() {}

    /** Folder below the records' root, one file named default in it. */
    static String folder(String iqn, String portal) {
        return iqn + "/" + address(portal) + "," + port(portal) + "," + GROUP_TAG;
    }

    static String text(IscsiLogin login) {
        return settings(login).entrySet().stream()
                .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                .collect(Collectors.joining("", "# BEGIN RECORD 2.1.8\n", "# END RECORD\n"));
    }

    private static Map<String, String> settings(IscsiLogin login) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("node.name", login.iqn());
        settings.put("node.tpgt", String.valueOf(GROUP_TAG));
        settings.put("node.startup", "manual");
        settings.put("node.leading_login", "No");
        settings.put("iface.iscsi_ifacename", "default");
        settings.put("iface.transport_name", "tcp");
        settings.put("node.discovery_port", "0");
        settings.put("node.discovery_type", "static");
        session(settings, login);
        connection(settings, login);
        return settings;
    }

    private static void session(Map<String, String> settings, IscsiLogin login) {
        settings.put("node.session.initial_cmdsn", "0");
        settings.put("node.session.initial_login_retry_max", "1");
        settings.put("node.session.xmit_thread_priority", "-20");
        settings.put("node.session.cmds_max", "128");
        settings.put("node.session.queue_depth", "128");
        settings.put("node.session.nr_sessions", "1");
        settings.put("node.session.auth.authmethod", "CHAP");
        settings.put("node.session.auth.username", login.chap().user());
        settings.put("node.session.auth.password", login.chap().password());
        settings.put("node.session.auth.username_in", login.chap().mutualUser());
        settings.put("node.session.auth.password_in", login.chap().mutualPassword());
        settings.put("node.session.auth.chap_algs", "SHA3-256,SHA256,SHA1,MD5");
        // Short: after it I/O comes back to the queueing device above, which decides what becomes of it.
        settings.put("node.session.timeo.replacement_timeout", "10");
        settings.put("node.session.err_timeo.abort_timeout", "10");
        settings.put("node.session.err_timeo.lu_reset_timeout", "10");
        settings.put("node.session.err_timeo.tgt_reset_timeout", "10");
        settings.put("node.session.err_timeo.host_reset_timeout", "30");
        settings.put("node.session.iscsi.FastAbort", "Yes");
        settings.put("node.session.iscsi.InitialR2T", "No");
        settings.put("node.session.iscsi.ImmediateData", "Yes");
        settings.put("node.session.iscsi.FirstBurstLength", "262144");
        settings.put("node.session.iscsi.MaxBurstLength", "16776192");
        settings.put("node.session.iscsi.DefaultTime2Retain", "0");
        settings.put("node.session.iscsi.DefaultTime2Wait", "0");
        settings.put("node.session.iscsi.MaxConnections", "1");
        settings.put("node.session.iscsi.MaxOutstandingR2T", "1");
        settings.put("node.session.iscsi.ERL", "0");
        settings.put("node.session.scan", "auto");
        settings.put("node.session.reopen_max", "0");
    }

    private static void connection(Map<String, String> settings, IscsiLogin login) {
        settings.put("node.conn[0].address", address(login.portal()));
        settings.put("node.conn[0].port", port(login.portal()));
        settings.put("node.conn[0].startup", "manual");
        // The kernel sizes it by what the way holds. One that is named is cut to net.core.rmem_max: little for 10 ms.
        settings.put("node.conn[0].tcp.window_size", "0");
        settings.put("node.conn[0].tcp.type_of_service", "0");
        settings.put("node.conn[0].timeo.logout_timeout", "5");
        settings.put("node.conn[0].timeo.login_timeout", "5");
        settings.put("node.conn[0].timeo.auth_timeout", "10");
        settings.put("node.conn[0].timeo.noop_out_interval", "5");
        settings.put("node.conn[0].timeo.noop_out_timeout", "5");
        settings.put("node.conn[0].iscsi.MaxXmitDataSegmentLength", "0");
        settings.put("node.conn[0].iscsi.MaxRecvDataSegmentLength", "262144");
        settings.put("node.conn[0].iscsi.HeaderDigest", "CRC32C,None");
        settings.put("node.conn[0].iscsi.DataDigest", "CRC32C,None");
        settings.put("node.conn[0].iscsi.IFMarker", "No");
        settings.put("node.conn[0].iscsi.OFMarker", "No");
    }

    private static String address(String portal) {
        String address = portal.substring(0, portal.lastIndexOf(':'));
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }

    private static String port(String portal) {
        return portal.substring(portal.lastIndexOf(':') + 1);
    }
}
