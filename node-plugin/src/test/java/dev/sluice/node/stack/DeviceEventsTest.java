package dev.sluice.node.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.HydrationPhase;
import dev.sluice.names.Names;
import dev.sluice.node.host.TableLine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel tells of an engine is answered at once, between two looks. */
class DeviceEventsTest {
    private final BudgetScene scene = new BudgetScene();
    private final String id = scene.clone("one", BudgetScene.SIZE / 4);
    private final String engine = Names.cloneDevice(Names.copy(id, 1));

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void whatAnEngineReadsThatHasTurnedReadOnlyMayBeOld() {
        scene.pass(Duration.ofSeconds(2));
        scene.home.breakMetadata(engine);

        scene.hear();

        assertThat(targets()).containsExactly("error");
        assertThat(scene.report(id).phase()).isEqualTo(HydrationPhase.FAILED);
    }

    @Test
    void oneThatIsCompleteIsTakenAway() {
        scene.pass(Duration.ofSeconds(2));
        scene.home.hydrate(engine, Integer.MAX_VALUE);
        scene.home.commit(engine);

        scene.hear();

        assertThat(targets()).containsExactly("linear");
    }

    @Test
    void eventsOfOthersAreNoReasonToLook() {
        scene.pass(Duration.ofSeconds(2));
        scene.home.breakMetadata(engine);
        scene.home.host().deviceMapper().awaitEvents(Duration.ZERO);

        scene.hear();

        assertThat(targets()).doesNotContain("error");
    }

    private List<String> targets() {
        return scene.home.host().deviceMapper().find(Names.outerDevice(id)).orElseThrow().table().stream()
                .map(TableLine::type)
                .toList();
    }
}
