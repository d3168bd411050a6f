package dev.sluice.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiRequestsTest {
    private static final String METRICS = """
            # TYPE apiserver_request_total counter
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="sluice.dev",resource="volumes",scope="resource",subresource="status",verb="PATCH",version="v1alpha1"} 3
            apiserver_request_total{code="422",component="apiserver",dry_run="",group="sluice.dev",resource="volumes",scope="resource",subresource="status",verb="PATCH",version="v1alpha1"} 2
            apiserver_request_total{code="201",component="apiserver",dry_run="",group="sluice.dev",resource="exports",scope="resource",subresource="",verb="POST",version="v1alpha1"} 1
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="sluice.dev",resource="exports",scope="cluster",subresource="",verb="LIST",version="v1alpha1"} 40
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="status",verb="PATCH",version="v1"} 9
            apiserver_request_terminations_total{code="503",group="sluice.dev",resource="volumes",verb="PATCH"} 7
            """;

    @Test
    void countsWhatWasAskedOfOurKindsWhateverTheAnswer() {
        ApiRequests requests = ApiRequests.parse(METRICS);

        assertThat(requests.byVerb())
                .containsEntry("PATCH volumes", 5L)
                .containsEntry("LIST exports", 40L)
                .hasSize(3);
        assertThat(requests.writes()).isEqualTo(6);
    }
}
