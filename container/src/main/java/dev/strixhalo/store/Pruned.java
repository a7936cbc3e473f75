package dev.strixhalo.store;

import dev.strixhalo.base.Amount;
import java.util.List;

/**
 * What a pruning did.
 *
 * @param images     those that were forgotten
 * @param blobs      how many were deleted
 * @param freedBytes their size together
 * @param leftBytes  the size of the store now
 */
public record Pruned(List<StoredImage> images, int blobs, long freedBytes, long leftBytes) {
    public Pruned {
        images = List.copyOf(images);
    }

    /** One line for the user: {@code 2 images, 14 blobs, 1.2 GB freed; 3.4 GB stay}, or {@code 3.4 GB}. */
    public String summary() {
        if (images.isEmpty() && blobs == 0) return Amount.bytes(leftBytes);
        return "%d %s, %d %s, %s freed; %s stay"
                .formatted(
                        images.size(),
                        images.size() == 1 ? "image" : "images",
                        blobs,
                        blobs == 1 ? "blob" : "blobs",
                        Amount.bytes(freedBytes),
                        Amount.bytes(leftBytes));
    }
}
