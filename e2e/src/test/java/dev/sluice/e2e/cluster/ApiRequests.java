package dev.sluice.e2e.cluster;

import dev.sluice.names.Names;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Requests for objects of Sluice's kinds that the API server has answered since it was started, those it refused among them.
 *
 * @param byVerb how many, by verb and resource, as in "PATCH volumes"
 */
public record ApiRequests(Map<String, Long> byVerb) {
    private static final String COUNTER = "apiserver_request_total{";
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION");

    public static ApiRequests read(KubernetesClient client) {
        return parse(client.raw("/metrics"));
    }

    static ApiRequests parse(String metrics) {
        Map<String, Long> found = new TreeMap<>();
        metrics.lines().filter(line -> line.startsWith(COUNTER)).forEach(line -> {
            Map<String, String> labels = LABEL.matcher(line)
                    .results()
                    .collect(Collectors.toMap(match -> match.group(1), match -> match.group(2)));
            if (Names.GROUP.equals(labels.get("group"))) {
                double count = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                found.merge(labels.get("verb") + " " + labels.get("resource"), (long) count, Long::sum);
            }
        });
        return new ApiRequests(found);
    }

    public long writes() {
        return byVerb.entrySet().stream()
                .filter(each -> WRITES.contains(each.getKey().split(" ", 2)[0]))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
