package dev.sluice.controller.domain.placement;

import java.util.Map;

/**
 * A node as Kubernetes has it.
 *
 * @param ready its kubelet says so
 * @param schedulable it is not cordoned
 */
public record Worker(String name, Map<String, String> labels, boolean ready, boolean schedulable) {}
