/** The CSI edge of the controller: requests are parsed into records, records are answered as messages. */
@NullMarked
package dev.sluice.controller.rpc;

import org.jspecify.annotations.NullMarked;
