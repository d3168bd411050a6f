package dev.sluice.e2e.idle;

import java.io.IOException;
import java.nio.file.Path;

/** Started in a container of Sluice's image, which has the Java runtime and the libraries. */
public final class IdleDriverMain {
    public static final String NAME = "idle.e2e.sluice.dev";

    private IdleDriverMain() {}

    /** @param args the name of the node and the kubelet's folder */
    public static void main(String[] args) throws IOException, InterruptedException {
        IdleDriver driver = IdleDriver.start(args[0], Path.of(args[1]), new SystemMounts());
        Runtime.getRuntime().addShutdownHook(new Thread(driver::close));
        Thread.currentThread().join();
    }
}
