package dev.strixhalo.image;

import java.nio.file.Path;

/** One entry of a layer. Paths are absolute in the image, without {@code .}, {@code ..} or a slash at the end. */
sealed interface LayerItem {
    /** Where it lies in the image. */
    String path();

    /**
     * A regular file; owned by root.
     *
     * @param source where its bytes are
     * @param size   in bytes
     * @param mode   permissions, for example 0644
     */
    record Regular(String path, Path source, long size, int mode) implements LayerItem {}

    /**
     * A directory.
     *
     * @param mode permissions with the sticky and set-ID bits
     */
    record Directory(String path, int mode, int user, int group) implements LayerItem {}

    /**
     * A symbolic link.
     *
     * @param target as it stands in the link
     */
    record Symlink(String path, String target) implements LayerItem {}

    /**
     * Another name of a file of the same layer.
     *
     * @param target path of that file in the image
     * @param mode   that file's, since unpacking sets it again
     */
    record HardLink(String path, String target, int mode) implements LayerItem {}
}
