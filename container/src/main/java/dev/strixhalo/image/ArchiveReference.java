package dev.strixhalo.image;

import java.nio.file.Path;

/**
 * A base image in a docker archive.
 *
 * @param text as the user wrote it
 * @param file the archive
 */
public record ArchiveReference(String text, Path file) implements BaseReference {}
