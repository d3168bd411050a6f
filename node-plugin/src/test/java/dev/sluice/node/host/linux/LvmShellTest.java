package dev.sluice.node.host.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class LvmShellTest {
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void wordsWithBlanksAreQuotedAndNothingElseGetsThrough() {
        assertThat(LvmShell.line(List.of("lvs", "--config", "a{b=0 c=1}", "data")))
                .isEqualTo("lvs --config \"a{b=0 c=1}\" data");
        assertThatThrownBy(() -> LvmShell.line(List.of("lvs", "x\ny"))).hasMessageContaining("not a word");
        assertThatThrownBy(() -> LvmShell.line(List.of("lvs", "x\"y"))).hasMessageContaining("not a word");
    }

    @Test
    void theLastLogEntryIsTheStatus() throws JsonProcessingException {
        assertThat(LvmShell.succeeded(answer("shell-success.json"))).isTrue();
        assertThat(LvmShell.succeeded(answer("shell-failure.json"))).isFalse();
        assertThat(LvmShell.succeeded(json.readTree("{}"))).isFalse();
    }

    @Test
    void theErrorsOfAFailureComeFromTheLastLog() throws JsonProcessingException {
        assertThat(LvmShell.errors(answer("shell-lastlog.json")))
                .contains("Failed to find logical volume \"data/nope\"");
    }

    @Test
    void reportsAreReadFromTheAnswer() {
        assertThat(LvmReport.parse(Recorded.read("shell-success.json"), "lv"))
                .extracting(row -> row.text("lv_name"))
                .contains("sluice");
    }

    private JsonNode answer(String name) throws JsonProcessingException {
        return json.readTree(Recorded.read(name));
    }
}
