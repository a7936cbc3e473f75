package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Folders;
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
import java.util.regex.Matcher;
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
    /** Behind its first folder, which is a, b or anything else; /dev/null has none. */
    private static final Pattern PATH = Pattern.compile("(?:---|\\+\\+\\+) [^/\\t]+/([^\\t]+).*");

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
        try (var git = new Git(tree)) {
            for (int i = 0; i < files.size(); i++) {
                var patch = files.get(i);
                var options = List.of(
                        "-p" + strip(patch, inside), patch.toAbsolutePath().toString());
                // Asked first: a patch that only adds lines may fit twice.
                boolean already =
                        git.apply(List.of("--check", "--reverse"), options).succeeded();
                if (!already) {
                    var result = git.apply(List.of("--whitespace=nowarn"), options);
                    if (!result.succeeded()) throw unfit(patch, result.err());
                }
                var applied = new Applied(patch.getFileName().toString(), digests.get(i), already);
                progress.line("patch", applied.file() + (already ? "  is in already" : "  applied"));
                all.add(applied);
            }
        }
        return all;
    }

    /** How many folders of its paths are not ours: one, or all those above the sub-folder too. */
    private static int strip(Path patch, String inside) throws StrixhaloException {
        if (inside.isEmpty()) return 1;
        var paths = lines(patch).stream()
                .map(PATH::matcher)
                .filter(Matcher::matches)
                .map(path -> path.group(1))
                .toList();
        boolean whole = !paths.isEmpty() && paths.stream().allMatch(path -> path.startsWith(inside + "/"));
        return whole ? 1 + Path.of(inside).getNameCount() : 1;
    }

    /**
     * git with an empty repository of its own, of which the tree is the top. Left to look for one, it finds that in which the
     * tree lies by chance, takes the paths of a patch from there, and passes over all of them: in silence, and it calls that a
     * success.
     */
    private static final class Git implements AutoCloseable {
        private final Path tree;
        private final Path repository;

        Git(Path tree) throws StrixhaloException {
            this.tree = tree.toAbsolutePath();
            try {
                repository = Files.createTempDirectory("strixhalo-patch");
            } catch (IOException e) {
                throw CachedTree.unwritable(Path.of(System.getProperty("java.io.tmpdir")), e);
            }
            git(List.of("init", "--quiet", "--template=")).orFail();
        }

        Program.Result apply(List<String> how, List<String> what) throws StrixhaloException {
            var arguments = new ArrayList<>(List.of("apply"));
            arguments.addAll(how);
            arguments.addAll(what);
            return git(arguments);
        }

        private Program.Result git(List<String> arguments) throws StrixhaloException {
            var argv = new ArrayList<>(List.of("git"));
            argv.addAll(arguments);
            return Program.of(argv)
                    .in(tree)
                    .env("GIT_DIR", repository.toString())
                    .env("GIT_WORK_TREE", tree.toString())
                    // A user's settings may ignore white space, or change the ends of lines.
                    .env("GIT_CONFIG_GLOBAL", "/dev/null")
                    .env("GIT_CONFIG_NOSYSTEM", "1")
                    .without("GIT_CONFIG_COUNT")
                    .without("GIT_CONFIG_PARAMETERS")
                    .without("GIT_INDEX_FILE")
                    .without("GIT_PREFIX")
                    .env("LC_ALL", "C")
                    .run();
        }

        @Override
        public void close() throws StrixhaloException {
            try {
                Folders.remove(repository);
            } catch (IOException e) {
                throw CachedTree.unwritable(repository, e);
            }
        }
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
