package dev.strixhalo.image;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a layer is made from.
 *
 * @param purpose what the layer is for; names it in messages, in the history and in the record
 * @param copies  what goes where, at least one
 */
public record LayerSource(String purpose, List<Copy> copies) {
    /** Permissions by what a file is here: 755 when it can be executed, else 644. */
    public static final int AS_HERE = -1;

    private static final Pattern PURPOSE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._ -]{0,60}");

    /** One thing that is copied. */
    public sealed interface Copy {
        /** Absolute path in the image. */
        String to();
    }

    /**
     * A folder with all that is in it.
     *
     * @param from          the folder
     * @param to            absolute path in the image; if the base has no such directory, it and all below it are the layer's own
     * @param fileMode      permissions of its files, or {@link #AS_HERE}
     * @param directoryMode permissions of its own directories; those of the base stay as they are
     */
    public record Folder(Path from, String to, int fileMode, int directoryMode) implements Copy {}

    /**
     * A single file; its directory is the base's.
     *
     * @param from     the file
     * @param to       absolute path in the image
     * @param fileMode permissions, or {@link #AS_HERE}
     */
    public record File(Path from, String to, int fileMode) implements Copy {}

    /** @throws IllegalArgumentException when there is nothing to copy */
    public LayerSource {
        if (copies.isEmpty()) throw new IllegalArgumentException("a layer without content");
        copies = List.copyOf(copies);
    }

    /**
     * A layer that lays single files over those of the base.
     *
     * @param files absolute path in the image → the file
     */
    public static LayerSource overlay(String purpose, Map<String, Path> files) {
        return new LayerSource(
                purpose,
                new TreeMap<>(files)
                        .entrySet().stream()
                                .<Copy>map(file -> new File(file.getValue(), file.getKey(), AS_HERE))
                                .toList());
    }

    /**
     * A layer from a folder, as a user describes it.
     *
     * @throws StrixhaloException when the path or a mode is none, all of it at once
     */
    public static LayerSource folder(String purpose, Path from, String to, String fileMode, String directoryMode)
            throws StrixhaloException {
        var wrong = new java.util.ArrayList<Problem>();
        if (!PURPOSE.matcher(purpose).matches()) {
            wrong.add(Problem.of("The name of a layer is not usable.")
                    .found("'" + purpose + "'")
                    .fix("use letters, digits, '.', '_', '-' and spaces, 61 at most, a letter or digit first"));
        }
        if (!to.startsWith("/")) {
            wrong.add(Problem.of("The layer '%s' goes to a path that is not absolute.".formatted(purpose))
                    .found("<to>" + to + "</to>")
                    .fix("<to>/" + to + "</to>"));
        }
        int files = mode(fileMode, "fileMode", purpose, wrong);
        int directories = mode(directoryMode, "directoryMode", purpose, wrong);
        if (!wrong.isEmpty()) throw new StrixhaloException(wrong, null, null);
        return new LayerSource(purpose, List.of(new Folder(from, to, files, directories)));
    }

    private static int mode(String text, String name, String purpose, List<Problem> wrong) {
        if (text.equals("auto")) return name.equals("fileMode") ? AS_HERE : 0755;
        if (text.matches("[0-7]{3,4}")) return Integer.parseInt(text, 8);
        wrong.add(Problem.of("The layer '%s' has a <%s> that is none.".formatted(purpose, name))
                .found("'" + text + "'")
                .fix("write three or four octal digits, for example " + (name.equals("fileMode") ? "644" : "755")));
        return 0;
    }
}
