package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;

/**
 * A compiler for HIP, wherever it is: on this machine, in a container, or on a node of the cluster. Two that give the same
 * {@link #identity} compile the same sources to the same bytes.
 */
public interface Toolchain {
    /** As messages call it: {@code container docker.io/…}, {@code /opt/rocm on this machine}. */
    String text();

    /**
     * What compiles there, found out in a second: versions of the tools, or the ID of the image that they are in.
     *
     * @throws StrixhaloException when there is no such place
     */
    String identity() throws StrixhaloException;

    /**
     * Opens a place to work in. Scripts see it as {@link Workplace#folder}, which is the same path wherever and for whomever it
     * is opened, since the compiler writes paths into what it makes.
     *
     * @param key   of the build, 16 hexadecimal digits; a place of that key that somebody left behind is emptied first
     * @param input what shall be in the folder: sources, scripts, tools
     * @throws StrixhaloException when it cannot be made
     */
    Workplace open(String key, Path input) throws StrixhaloException;
}
