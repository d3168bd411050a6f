package dev.sluice.e2e.bench;

/** What happens between `apply` and a running pod, in the order in which it usually happens. */
enum Milestone {
    SCHEDULED("pod scheduled"),
    ALLOCATED("storage allocated"),
    BOUND("claim bound"),
    READY("device ready"),
    STAGING("NodeStage called"),
    RUNNING("pod running");

    private final String text;

    Milestone(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
