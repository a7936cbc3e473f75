package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Unified diffs, applied in order to a clean copy of the sources: by git, which takes lines that moved but no line that differs
 * (what patch(1) calls fuzz). One that is in already is skipped.
 *
 * @param files in the order in which they are applied
 */
public record Patches(List<Path> files) {
    private static final Pattern FAILED = Pattern.compile("error: patch failed: (.+):(\\d+)");
    private static final Pattern HUNK = Pattern.compile("@@ -(\\d+)(?:,\\d+)? \\+\\d+(?:,\\d+)? @@.*");
    private static final Pattern TARGET = Pattern.compile("(?:---|\\+\\+\\+) (?:[ab]/)?([^\\t]+).*");

    public Patches {
        files = List.copyOf(files);
    }

    /**
     * What became of a patch.
     *
     * @param file    its name
     * @param sha256  of its bytes
     * @param already whether the sources had it
     */
    public record Applied(String file, String sha256, boolean already) {}

    /**
     * The digests of all, for the key of a build.
     *
     * @throws StrixhaloException with all that cannot be read
     */
    public List<String> digests() throws StrixhaloException {
        var digests = new ArrayList<String>();
        var unreadable = new ArrayList<Problem>();
        for (var file : files) {
            try {
                digests.add(Digests.sha256(file));
            } catch (IOException e) {
                unreadable.add(Problem.of("A patch cannot be read.")
                        .found(e)
                        .fix("<patches><patch>FILE</patch></patches>, relative to the pom"));
            }
        }
        if (!unreadable.isEmpty()) throw new StrixhaloException(unreadable, null, null);
        return digests;
    }

    /**
     * Applies all to a copy of the sources.
     *
     * @param tree   the copy; after a failure it is of no use
     * @param inside where its top lies in the repository, so that a patch of the whole repository fits as well
     * @throws StrixhaloException naming file and hunk of the first that does not fit
     */
    public List<Applied> applyTo(Path tree, String inside, Progress progress) throws StrixhaloException {
        var digests = digests();
        var all = new ArrayList<Applied>();
        for (int i = 0; i < files.size(); i++) {
            var patch = files.get(i);
            var strip = "-p" + strip(patch, inside);
            // Asked first: a patch that only adds lines may fit twice.
            boolean already = git(
                            tree,
                            "apply",
                            "--check",
                            "--reverse",
                            strip,
                            patch.toAbsolutePath().toString())
                    .succeeded();
            if (!already) {
                var result = git(
                        tree,
                        "apply",
                        "--whitespace=nowarn",
                        strip,
                        patch.toAbsolutePath().toString());
                if (!result.succeeded()) throw unfit(patch, result.err());
            }
            var applied = new Applied(patch.getFileName().toString(), digests.get(i), already);
            progress.line("patch", applied.file() + (already ? "  is in already" : "  applied"));
            all.add(applied);
        }
        return all;
    }

    /** How many folders of its paths are not ours: one, or all those above the sub-folder too. */
    private static int strip(Path patch, String inside) throws StrixhaloException {
        if (inside.isEmpty()) return 1;
        var below = inside + "/";
        boolean whole = lines(patch).stream()
                .filter(line -> line.startsWith("+++ b/") || line.startsWith("--- a/"))
                .allMatch(line -> line.substring("+++ b/".length()).startsWith(below));
        return whole ? 1 + Path.of(inside).getNameCount() : 1;
    }

    private static Program.Result git(Path tree, String... arguments) throws StrixhaloException {
        var argv = new ArrayList<>(List.of("git"));
        argv.addAll(List.of(arguments));
        return Program.of(argv)
                .in(tree)
                .without("GIT_DIR")
                .without("GIT_WORK_TREE")
                // In a repository around it git would pass over, in silence, what lies outside of the current folder's
                // index.
                .env(
                        "GIT_CEILING_DIRECTORIES",
                        String.valueOf(tree.toAbsolutePath().getParent()))
                .env("LC_ALL", "C")
                .run();
    }

    private static StrixhaloException unfit(Path patch, List<String> said) throws StrixhaloException {
        var problem = Problem.of("%s does not fit the sources.".formatted(patch.getFileName()));
        for (var line : said) {
            var failed = FAILED.matcher(line);
            if (failed.matches()) {
                int at = Integer.parseInt(failed.group(2));
                problem = problem.found("%s, hunk %d (at line %d): the lines are others there"
                        .formatted(failed.group(1), hunk(patch, failed.group(1), at), at));
            } else if (!line.endsWith("patch does not apply")) {
                problem = problem.found(line);
            }
        }
        return problem.fix("make the patch anew for these sources, or take it out of <patches>: " + patch)
                .asException();
    }

    /** The number of the hunk of that file that begins at that line of the old text; 0 when there is none. */
    private static int hunk(Path patch, String file, int at) throws StrixhaloException {
        int count = 0;
        boolean mine = false;
        for (var line : lines(patch)) {
            var target = TARGET.matcher(line);
            if (target.matches()) {
                mine = target.group(1).endsWith(file);
                count = 0;
                continue;
            }
            var hunk = HUNK.matcher(line);
            if (!mine || !hunk.matches()) continue;
            count++;
            if (Integer.parseInt(hunk.group(1)) == at) return count;
        }
        return 0;
    }

    private static List<String> lines(Path patch) throws StrixhaloException {
        try {
            // Sources hold more than UTF-8; for paths and line numbers any byte will do.
            return Files.readAllLines(patch, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw Problem.of("A patch cannot be read.")
                    .found(e)
                    .fix("check " + patch)
                    .asException(e);
        }
    }
}
