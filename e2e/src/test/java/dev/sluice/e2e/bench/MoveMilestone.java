package dev.sluice.e2e.bench;

/** What happens between the end of a pod's containers and its successor on another node, in the order in which it usually happens. */
enum MoveMilestone {
    GONE("old pod's object gone"),
    SCHEDULED("new pod scheduled"),
    ASKED("new node asks"),
    LEFT("old node unmounted"),
    GIVEN_UP("given up, home changed"),
    READY("device ready"),
    RUNNING("new pod running");

    private final String text;

    MoveMilestone(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
