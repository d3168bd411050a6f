package dev.sluice.node.host;

/**
 * What is needed to log in.
 *
 * @param portal address:port
 * @param serial unit serial the disk must show
 * @param sizeBytes bytes the disk must have
 */
public record IscsiLogin(String portal, String iqn, String serial, long sizeBytes, Chap chap) {}
