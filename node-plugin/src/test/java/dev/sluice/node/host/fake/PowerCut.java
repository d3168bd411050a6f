package dev.sluice.node.host.fake;

/** The process, or the machine, ended here. Thrown until the test decides which: restartPlugin() or powerCut(). */
public final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerCut(String at) {
        super("cut at " + at);
    }
}
