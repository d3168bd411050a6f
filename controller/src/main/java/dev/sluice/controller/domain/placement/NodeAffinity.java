package dev.sluice.controller.domain.placement;

import dev.sluice.names.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A pod's node affinity with what its volumes ask for. Pure, and the same when it is done again. */
final class NodeAffinity {
    static final String TERMS = "nodeSelectorTerms";
    static final String EXPRESSIONS = "matchExpressions";
    static final String FIELDS = "matchFields";
    private static final String NODE_AFFINITY = "nodeAffinity";
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    private static final int HOME_WEIGHT = 100;
    private static final int ROOM_WEIGHT = 50;

    private NodeAffinity() {}

    static Map<String, Object> required(Map<String, Object> affinity) {
        return JsonTree.object(JsonTree.object(affinity, NODE_AFFINITY), REQUIRED);
    }

    static boolean isEmpty(Map<String, Object> term) {
        return JsonTree.objects(term, EXPRESSIONS).isEmpty()
                && JsonTree.objects(term, FIELDS).isEmpty();
    }

    /**
     * The whole affinity, with the user's own terms as they were.
     *
     * @param homes one for each volume
     * @param roomy nodes that could take all the volumes
     */
    static Map<String, Object> of(Map<String, Object> affinity, List<String> homes, List<String> roomy) {
        Map<String, Object> old = JsonTree.object(affinity, NODE_AFFINITY);
        Map<String, Object> changed = new HashMap<>(old);
        changed.put(PREFERRED, preferred(JsonTree.objects(old, PREFERRED), homes, roomy));
        changed.put(REQUIRED, required(JsonTree.object(old, REQUIRED), homes));
        Map<String, Object> whole = new HashMap<>(affinity);
        whole.put(NODE_AFFINITY, changed);
        return whole;
    }

    private static List<Map<String, Object>> preferred(
            List<Map<String, Object>> own, List<String> homes, List<String> roomy) {
        List<Map<String, Object>> ours = new ArrayList<>();
        homes.forEach(home -> ours.add(preference(HOME_WEIGHT, List.of(home))));
        if (!roomy.isEmpty()) {
            ours.add(preference(ROOM_WEIGHT, roomy));
        }
        List<Map<String, Object>> terms = new ArrayList<>(own);
        // Asked again, after another webhook's change, the preference counts once.
        terms.removeAll(ours);
        terms.addAll(ours);
        return terms;
    }

    private static Map<String, Object> preference(int weight, List<String> nodes) {
        return Map.of("weight", weight, "preference", Map.of(EXPRESSIONS, List.of(onOneOf(nodes))));
    }

    /**
     * Terms are alternatives, so what has to hold beside the user's terms is added to each of them, once for each way in which it can hold:
     * on a node that is not marked; or at home, when all volumes have the same.
     */
    private static Map<String, Object> required(Map<String, Object> own, List<String> homes) {
        List<Map<String, Object>> ways = new ArrayList<>();
        ways.add(notMarked());
        if (new HashSet<>(homes).size() == 1) {
            ways.add(onOneOf(List.of(homes.getFirst())));
        }
        Stream<Map<String, Object>> terms = own.isEmpty()
                ? ways.stream().map(way -> Map.of(EXPRESSIONS, List.of(way)))
                : JsonTree.objects(own, TERMS).stream().flatMap(term -> extended(term, ways));
        Map<String, Object> selector = new HashMap<>(own);
        selector.put(TERMS, terms.toList());
        return selector;
    }

    private static Stream<Map<String, Object>> extended(Map<String, Object> term, List<Map<String, Object>> ways) {
        List<Map<String, Object>> expressions = JsonTree.objects(term, EXPRESSIONS);
        // An empty term matches no node; with a requirement it would match some.
        if (isEmpty(term) || ways.stream().anyMatch(expressions::contains)) {
            return Stream.of(term);
        }
        return ways.stream().map(way -> {
            List<Map<String, Object>> both = new ArrayList<>(expressions);
            both.add(way);
            Map<String, Object> narrower = new HashMap<>(term);
            narrower.put(EXPRESSIONS, both);
            return narrower;
        });
    }

    private static Map<String, Object> onOneOf(List<String> nodes) {
        return Map.of("key", Names.TOPOLOGY_NODE, "operator", "In", "values", nodes);
    }

    private static Map<String, Object> notMarked() {
        return Map.of("key", Names.LABEL_UNFIT, "operator", "DoesNotExist");
    }
}
