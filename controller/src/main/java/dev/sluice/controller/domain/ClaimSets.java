package dev.sluice.controller.domain;

import java.util.List;

/** The StatefulSets of the cluster. */
public interface ClaimSets {
    List<ClaimSet> findAll();
}
