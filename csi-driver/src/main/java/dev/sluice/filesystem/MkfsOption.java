package dev.sluice.filesystem;

import java.util.List;

/**
 * An option of mkfs with a value: one word, or several with commas between.
 *
 * @param flag as in -i
 */
public record MkfsOption(String flag, Vocabulary values) {
    MkfsOption(String flag, String values) {
        this(flag, new Vocabulary(values));
    }

    boolean allows(String value) {
        return List.of(value.split(",", -1)).stream().allMatch(values::has);
    }

    @Override
    public String toString() {
        return flag + " " + values;
    }
}
