package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real repository on this disk, which git reaches as it reaches a server; the user's settings do not count. */
final class GitRemote {
    private final Path folder;

    private GitRemote(Path folder) {
        this.folder = folder;
    }

    /** An empty one that gives single commits and single files, as the large servers do. */
    static GitRemote in(Path folder) throws StrixhaloException, IOException {
        Files.createDirectories(folder);
        var remote = new GitRemote(folder);
        remote.git("init", "--quiet", "--initial-branch=main");
        remote.git("config", "uploadpack.allowFilter", "true");
        remote.git("config", "uploadpack.allowAnySHA1InWant", "true");
        return remote;
    }

    String url() {
        return "file://" + folder;
    }

    Path folder() {
        return folder;
    }

    /** Writes a file and commits it. */
    String commit(String path, String text) throws StrixhaloException, IOException {
        var file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        git("add", "--all");
        git("commit", "--quiet", "--message=" + path);
        return head();
    }

    String head() throws StrixhaloException {
        return git("rev-parse", "HEAD").strip();
    }

    String git(String... arguments) throws StrixhaloException {
        var argv = new ArrayList<>(List.of("git", "-c", "user.name=Test", "-c", "user.email=test@example.org"));
        argv.addAll(List.of(arguments));
        return Program.of(argv)
                .in(folder)
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .run()
                .orFail()
                .text();
    }
}
