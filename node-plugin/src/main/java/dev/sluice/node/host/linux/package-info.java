/** The ports on a real Linux: device-mapper by ioctl, LIO by configfs, LVM and open-iscsi by the host's own tools, mounts by system calls. */
@NullMarked
package dev.sluice.node.host.linux;

import org.jspecify.annotations.NullMarked;
