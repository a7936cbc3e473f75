package dev.strixhalo.it.bed;

import java.nio.file.Path;

/** A computer whose disk is a folder of this machine. */
public interface SharedDisk extends Computer {
    /** Home of its plain user as seen from this machine, where root may read and write it. */
    Path homeFromHere();
}
