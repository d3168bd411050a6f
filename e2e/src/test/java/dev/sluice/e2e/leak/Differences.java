package dev.sluice.e2e.leak;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Two sets of names, compared in words. */
final class Differences {
    private Differences() {}

    static List<String> of(String kind, Set<String> before, Set<String> after) {
        List<String> differences = new ArrayList<>();
        after.stream()
                .filter(name -> !before.contains(name))
                .forEach(name -> differences.add(kind + " left behind: " + name));
        before.stream().filter(name -> !after.contains(name)).forEach(name -> differences.add(kind + " lost: " + name));
        return differences;
    }
}
