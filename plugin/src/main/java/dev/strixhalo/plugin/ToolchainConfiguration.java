package dev.strixhalo.plugin;

import org.jspecify.annotations.Nullable;

/** The element {@code <toolchain>} of {@code <rccl>}, as Maven fills it. */
public final class ToolchainConfiguration {
    /** Where RCCL can be compiled. */
    public enum Kind {
        /** By a ROCm of this machine. */
        local,
        /** In a container of this machine's podman. */
        container,
        /** In a container on a node of the cluster. */
        node
    }

    /**
     * Where RCCL is compiled: {@code node} (default: in a container on the first node of the cluster), {@code container} (the
     * same by this machine's podman) or {@code local} (by a ROCm of this machine).
     */
    private Kind kind = Kind.node;

    /** The image with the compiler, for {@code node} and {@code container}; {@code <from>} of {@code <image>} unless set. */
    private @Nullable String image;

    /** Name of the node that compiles, for {@code node}; the first unless set. */
    private @Nullable String node;

    /**
     * Root of ROCm there; {@code ROCM_PATH}, {@code /opt/rocm}, the {@code hipcc} on the path or the rocm-sdk wheels,
     * whichever is there first, unless set.
     */
    private @Nullable String rocm;

    /**
     * Whether CMake and ninja are brought along as wheels of PyPI, fetched by this machine's pip; true unless set where
     * {@code <from>} of {@code <image>} is compiled in, since today's therock image lacks both, else false.
     */
    private @Nullable Boolean wheels;

    Kind kind() {
        return kind;
    }

    /** The image to compile in, or null when none is named. */
    @Nullable
    String image() {
        return image == null || image.isBlank() ? null : image.strip();
    }

    @Nullable
    String node() {
        return node == null || node.isBlank() ? null : node.strip();
    }

    @Nullable
    String rocm() {
        return rocm == null || rocm.isBlank() ? null : rocm.strip();
    }

    boolean wheels() {
        if (wheels != null) return wheels;
        return kind != Kind.local && image() == null;
    }
}
