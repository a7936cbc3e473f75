/**
 * How an image is made: a {@link dev.strixhalo.image.Recipe} names a base and layers of ours, {@link
 * dev.strixhalo.image.ImageBuild} makes the layers and grafts them onto the base's manifest and configuration, which are
 * all that is read of a base. Knows the base and store rooms, Jackson, and, alone of all rooms, Jib. Start reading at
 * {@link dev.strixhalo.image.ImageBuild}.
 */
@NullMarked
package dev.strixhalo.image;

import org.jspecify.annotations.NullMarked;
