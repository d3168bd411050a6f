package dev.sluice.e2e.leak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeStateTest {
    private static final String CLEAN = """
            ## logical volume
            ## device
            ## target
            iqn.*sluice:e-*
            ## mount
            """;

    @Test
    void patternsThatMatchedNothingAreNothing() {
        NodeState state = NodeState.parse(CLEAN);

        assertThat(state.found()).containsOnlyKeys("logical volume", "device", "target", "mount");
        assertThat(state.found().values()).allSatisfy(names -> assertThat(names).isEmpty());
    }

    @Test
    void namesWhatWasLeftAndWhatWasLost() {
        NodeState before = NodeState.parse("## device\nsluice-v-1\n## target\na b");
        NodeState after = NodeState.parse("## device\n  sluice-v-2\n## target\nb a");

        assertThat(after.differencesFrom(before))
                .containsExactly("device left behind: sluice-v-2", "device lost: sluice-v-1");
    }

    @Test
    void theSameStateHasNoDifferences() {
        assertThat(NodeState.parse(CLEAN).differencesFrom(NodeState.parse(CLEAN)))
                .isEmpty();
    }
}
