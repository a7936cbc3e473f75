package dev.strixhalo.deploy;

import java.util.List;

/** placeholder until registry is here */
public record Cargo(
        String imageId,
        List<String> baseLayers,
        long ownBytes,
        long baseBytes,
        String basePullReference,
        String baseImageId,
        boolean nodesCanPullBase) {}
