package dev.strixhalo.rccl.library;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a library has to be good for.
 *
 * @param target  the GPU, for example {@code gfx1151}
 * @param hip     the major version of the HIP runtime that is there; null when nobody knows
 * @param symbols the names that others leave undefined and that it must offer; may be empty
 */
public record Wanted(String target, @Nullable Integer hip, SortedSet<String> symbols) {
    /** The GPU of a Strix Halo. */
    public static final String STRIX_HALO = "gfx1151";

    private static final Pattern TARGET = Pattern.compile("gfx[0-9a-f]{3,5}");

    public Wanted {
        if (!TARGET.matcher(target).matches()) {
            throw new IllegalArgumentException("a GPU is named like gfx1151, not " + target);
        }
        if (hip != null && hip < 1) throw new IllegalArgumentException("HIP " + hip);
        symbols = Collections.unmodifiableSortedSet(new TreeSet<>(symbols));
    }

    /** Code for a Strix Halo; whichever HIP, no symbols asked for. */
    public static Wanted onStrixHalo() {
        return new Wanted(STRIX_HALO, null, Collections.emptySortedSet());
    }

    /** The same for an image with this HIP. */
    public Wanted withHip(int major) {
        return new Wanted(target, major, symbols);
    }

    /** The same for libraries that want these symbols. */
    public Wanted withSymbols(Collection<String> names) {
        return new Wanted(target, hip, new TreeSet<>(names));
    }
}
