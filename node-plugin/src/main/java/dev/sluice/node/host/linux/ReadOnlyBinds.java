package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.nio.file.Path;

/**
 * Binds that are read-only before anyone sees them. A bind that is made and then remounted has already propagated to the host, writable, and
 * what is changed afterwards does not.
 */
final class ReadOnlyBinds {
    private final SystemCalls calls;
    private final int openTree;

    ReadOnlyBinds(SystemCalls calls) {
        this(calls, SystemCalls.OPEN_TREE);
    }

    /** @param openTree the number of the first call, for kernels without it */
    ReadOnlyBinds(SystemCalls calls, int openTree) {
        this.calls = calls;
        this.openTree = openTree;
    }

    /** Keeps nosuid and its like. False, and nothing is done, when the kernel is older than 5.12. */
    boolean make(Path source, Path target) {
        String doing = "bind " + source + " read-only on " + target;
        int mount = calls.openTree(openTree, source.toString());
        if (mount == -SystemCalls.ENOSYS) {
            return false;
        }
        require(doing, Math.min(mount, 0));
        try {
            int errno = calls.setReadOnly(mount);
            if (errno == SystemCalls.ENOSYS) {
                return false;
            }
            require(doing, -errno);
            require(doing, -calls.moveMount(mount, target.toString()));
            return true;
        } finally {
            calls.close(mount);
        }
    }

    private void require(String doing, int negative) {
        if (negative != 0) {
            throw new SluiceException(ErrorKind.HOST, doing + ": " + calls.message(-negative));
        }
    }
}
