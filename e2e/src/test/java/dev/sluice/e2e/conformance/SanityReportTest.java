package dev.sluice.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SanityReportTest {
    @Test
    void countsAndNames() {
        SanityReport report = SanityReport.parse("""
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="4"><testsuite name="CSI Driver Test Suite" tests="4">
                  <testcase name="[It] Identity Service Probe" classname="CSI" status="passed" time="0.1"></testcase>
                  <testcase name="[It] Node NodeGetInfo" classname="CSI" status="passed" time="0.1"></testcase>
                  <testcase name="[It] Controller ControllerPublishVolume" classname="CSI" status="skipped" time="0">
                    <skipped message="skipped - not supported"></skipped></testcase>
                  <testcase name="[It] Controller DeleteVolume" classname="CSI" status="failed" time="0">
                    <failure message="expected OK" type="failed">here</failure></testcase>
                </testsuite></testsuites>""", "");

        assertThat(report.passed()).isEqualTo(2);
        assertThat(report.skipped())
                .containsOnlyKeys("Controller ControllerPublishVolume")
                .containsValue("not supported");
        assertThat(report.failed()).containsEntry("Controller DeleteVolume", "expected OK");
    }

    @Test
    void noReportIsAFailureThatSaysWhatTheSuiteSaid() {
        assertThatThrownBy(() -> SanityReport.parse("", "connection refused"))
                .hasMessageContaining("connection refused");
    }
}
