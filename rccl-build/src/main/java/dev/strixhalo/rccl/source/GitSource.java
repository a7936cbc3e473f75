package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder of a git repository at one commit. Only that commit and, where the server can, only the files of that folder are
 * fetched: rocm-systems has gigabytes of history and of other projects.
 *
 * @param url    as git takes it
 * @param ref    full commit id, or a branch or tag, which is resolved anew in each run
 * @param folder in the repository, empty for its top
 * @param locked whether anything but a full commit id is refused
 */
public record GitSource(String url, String ref, String folder, boolean locked) implements Source {
    /** The guide's fork (setup guide, section on RCCL): NCCL 2.28, branch {@code gfx1151-rccl}. */
    public static final GitSource DEFAULT = new GitSource(
            "https://github.com/kyuz0/rocm-systems",
            "44a17bc9bdbd0581c2beb8213ccfcde2546396e4",
            "projects/rccl",
            false);

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    /** What git allows in a branch or tag and what could not be taken for an option. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./+-]*");

    /** Over HTTP whatever stands before the host may be a token; over SSH it is a user, unless a password follows. */
    private static final Pattern SECRET = Pattern.compile("(?i)^(https?://[^/]*@|[a-z+]+://[^/@]*:[^/@]*@)");

    private static final Pattern FOLDER = Pattern.compile("(?!/)(?!.*\\.\\.)[A-Za-z0-9_./+-]*(?<!/)");

    private static final Duration RESOLVE = Duration.ofMinutes(2);
    private static final Duration FETCH = Duration.ofMinutes(30);

    /**
     * A source as a user wrote it.
     *
     * @throws StrixhaloException with everything that is wrong
     */
    public static GitSource of(String url, String ref, String folder, boolean locked) throws StrixhaloException {
        var wrong = new ArrayList<Problem>();
        if (url.isBlank() || url.startsWith("-")) {
            wrong.add(Problem.of("<git> has no <url> that git would take.")
                    .found("<url>" + url + "</url>")
                    .fix("<url>" + DEFAULT.url + "</url>"));
        }
        if (SECRET.matcher(url).find()) {
            wrong.add(Problem.of("<url> of <git> holds a password or token: it would stand in records and logs.")
                    .fix("take it out; git asks its credential helper, or use an SSH address"));
        }
        // An error is read by others, too.
        var shown = SECRET.matcher(url).replaceFirst("…");
        if (!COMMIT.matcher(ref).matches() && !NAME.matcher(ref).matches()) {
            wrong.add(Problem.of("<commit> of <git> is neither a commit id nor the name of a branch or tag.")
                    .found("<commit>" + ref + "</commit>")
                    .fix("the full id, 40 hexadecimal digits: git ls-remote " + shown + "   shows them"));
        } else if (locked && !COMMIT.matcher(ref).matches()) {
            wrong.add(Problem.of("<locked> is set and <commit> is not a full commit id: a branch or tag may move.")
                    .found("<commit>" + ref + "</commit>")
                    .fix("git ls-remote " + shown + " " + ref + "   tells the id to write"));
        }
        if (!FOLDER.matcher(folder).matches()) {
            wrong.add(Problem.of("<folder> of <git> is no path inside a repository.")
                    .found("<folder>" + folder + "</folder>")
                    .fix("without '..' and without a slash at either end: projects/rccl"));
        }
        if (!wrong.isEmpty()) throw new StrixhaloException(wrong, null, null);
        return new GitSource(url, ref, folder, locked);
    }

    @Override
    public String text() {
        return url + " @ " + ref + (folder.isEmpty() ? "" : " " + folder);
    }

    @Override
    public Tree bring(Path cache, Progress progress) throws StrixhaloException {
        var commit = COMMIT.matcher(ref).matches() ? ref : resolve();
        var identity = "git:" + commit + ":" + folder;
        var place = cache.resolve("git-" + Digests.sha256(identity).substring(0, 16));
        CachedTree.make(place, fresh -> {
            try (var step = progress.begin("source")) {
                step.note(null, "fetches commit %s of %s".formatted(commit.substring(0, 12), url));
                fetch(fresh, commit);
                step.done("%s at %s".formatted(url, commit.substring(0, 12)));
            }
        });
        var tree = place.resolve("tree");
        var root = folder.isEmpty() ? tree : tree.resolve(folder);
        if (!Files.isDirectory(root)) {
            throw Problem.of("The commit has no such folder.")
                    .found("%s has no '%s'".formatted(commit.substring(0, 12), folder))
                    .fix("say in <folder> where RCCL's CMakeLists.txt lies in " + url)
                    .asException();
        }
        return new Tree(root, identity, commit, folder);
    }

    /** The commit that a branch or tag stands at; of an annotated tag, what it points to. */
    private String resolve() throws StrixhaloException {
        var result = git(
                RESOLVE, "ls-remote", "--", url, "refs/heads/" + ref, "refs/tags/" + ref, "refs/tags/" + ref + "^{}");
        if (!result.succeeded()) throw unreachable(result);
        String found = null;
        for (var line : result.out()) {
            var parts = line.split("\t");
            if (parts.length == 2 && COMMIT.matcher(parts[0]).matches()) found = parts[0];
        }
        if (found != null) return found;
        throw Problem.of("The repository has no such branch or tag.")
                .found("'%s' in %s".formatted(ref, url))
                .fix("git ls-remote " + url + "   lists what it has")
                .fix("a commit is written in full, 40 hexadecimal digits")
                .asException();
    }

    private void fetch(Path fresh, String commit) throws StrixhaloException {
        var repository = fresh.resolve("repository");
        var tree = fresh.resolve("tree");
        try {
            Files.createDirectories(tree);
        } catch (IOException e) {
            throw CachedTree.unwritable(fresh, e);
        }
        git(RESOLVE, "init", "--quiet", "--bare", repository.toString()).orFail();
        var inside = List.of("--git-dir=" + repository, "--work-tree=" + tree);
        // A remote of that name makes git remember that files may be fetched later.
        git(RESOLVE, with(inside, "remote", "add", "origin", url)).orFail();
        var fetched = git(
                FETCH,
                with(inside, "fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", commit));
        if (!fetched.succeeded()) throw unreachable(fetched);
        if (!folder.isEmpty()) {
            git(RESOLVE, with(inside, "sparse-checkout", "set", "--no-cone", "/" + folder + "/"))
                    .orFail();
        }
        var checkedOut = git(FETCH, with(inside, "checkout", "--quiet", "--detach", commit));
        if (!checkedOut.succeeded()) throw unreachable(checkedOut);
        // The tree is all that is needed; what git keeps beside it would only take room.
        try {
            Folders.remove(repository);
        } catch (IOException e) {
            throw CachedTree.unwritable(fresh, e);
        }
    }

    private StrixhaloException unreachable(Program.Result result) {
        var problem = Problem.of("git could not get the sources.");
        var said = result.err();
        for (var line : said.subList(Math.max(0, said.size() - 6), said.size())) problem = problem.found(line);
        return problem.fix("see whether this works: git ls-remote " + url)
                .fix(
                        "without that network: <tarball> or <folder> in <source>, or <artifact> with a library that CI built")
                .asException();
    }

    private static Program.Result git(Duration timeout, String... arguments) throws StrixhaloException {
        return git(timeout, List.of(arguments));
    }

    private static Program.Result git(Duration timeout, List<String> arguments) throws StrixhaloException {
        var argv = new ArrayList<>(List.of(
                "git",
                "-c",
                "advice.detachedHead=false",
                // The same bytes and nothing else, whatever the user's settings are.
                "-c",
                "core.autocrlf=false",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "http.lowSpeedLimit=1000",
                "-c",
                "http.lowSpeedTime=60"));
        argv.addAll(arguments);
        return Program.of(argv)
                .without("GIT_DIR")
                .without("GIT_WORK_TREE")
                .without("GIT_INDEX_FILE")
                // Nobody is there to answer.
                .env("GIT_TERMINAL_PROMPT", "0")
                .timeout(timeout)
                .run();
    }

    private static List<String> with(List<String> first, String... rest) {
        var all = new ArrayList<>(first);
        all.addAll(List.of(rest));
        return all;
    }
}
