package dev.sluice.controller.domain;

/**
 * Something that an evacuated node still has to get rid of.
 *
 * @param text names it, and what to know of it
 * @param bytes still to be brought elsewhere
 */
record Leftover(Kind kind, String text, long bytes) {
    /** What it waits for. Those that end without anybody's help come first. */
    enum Kind {
        MOVING("moving", true),
        FED("still read by copies on other nodes", true),
        QUEUED("waiting for their turn", true),
        INCOMPLETE("not whole here yet", true),
        LEAVING("being deleted", true),
        FULL("no other node can take", false),
        IN_USE("in use", false),
        PINNED("pinned to this node", false),
        BROKEN("snapshots that could not be taken: delete them", false),
        QUARANTINED("given up by order and kept: discard them", false),
        UNKNOWN("copies on the node that no object knows", false);

        private final String title;
        private final boolean passing;

        Kind(String title, boolean passing) {
            this.title = title;
            this.passing = passing;
        }

        String title() {
            return title;
        }

        /** It ends by itself. */
        boolean passing() {
            return passing;
        }
    }
}
