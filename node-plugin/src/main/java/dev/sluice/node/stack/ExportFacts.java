package dev.sluice.node.stack;

/** What a client needs to find the LUN and to know that it is the right one. */
public record ExportFacts(String portal, String iqn, int lun, String serial, long sizeBytes) {}
