package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A tar archive, plain or compressed by gzip or bzip2, from a URL or a file. A single folder at its top is taken off.
 *
 * @param from   {@code http(s)} or {@code file} address
 * @param sha256 of the archive, 64 hexadecimal digits
 * @param folder in the archive (below that single folder), empty for the top
 */
public record TarballSource(URI from, String sha256, String folder) implements Source {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * A source as a user wrote it.
     *
     * @param from   address, or path relative to {@code here}
     * @param sha256 as written, or empty
     * @throws StrixhaloException with everything that is wrong
     */
    public static TarballSource of(String from, String sha256, String folder, Path here) throws StrixhaloException {
        var wrong = new ArrayList<Problem>();
        URI address = null;
        try {
            address = from.matches("[a-z]+://.*")
                    ? URI.create(from)
                    : here.resolve(from).toUri();
            checkPlace(address);
        } catch (IllegalArgumentException e) {
            wrong.add(Problem.of("<from> of <tarball> is no address and no path.")
                    .found(String.valueOf(e.getMessage()))
                    .fix("https://…/rccl.tar.gz, or a file"));
        }
        if (address != null && address.getRawUserInfo() != null) {
            wrong.add(Problem.of("<from> of <tarball> holds a password or a user: it would stand in records and logs.")
                    .fix("take it out; fetch the archive by another program, and name the file"));
            address = null;
        }
        if (address != null && !address.getScheme().matches("https?|file")) {
            wrong.add(Problem.of("<from> of <tarball> has a scheme that is not spoken here.")
                    .found(from)
                    .fix("http, https or file"));
        }
        var digest = sha256.strip().toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(digest).matches()) {
            wrong.add(Problem.of("<tarball> has no <sha256>: what is compiled would be whatever the server sends.")
                    .found("<sha256>" + sha256 + "</sha256>")
                    .fix("the 64 digits that sha256sum prints for an archive that you trust"));
        }
        if (folder.startsWith("/") || folder.contains("..")) {
            wrong.add(Problem.of("<folder> of <tarball> is no path inside an archive.")
                    .found("<folder>" + folder + "</folder>")
                    .fix("without '..' and without a slash at either end: projects/rccl"));
        }
        if (!wrong.isEmpty() || address == null) throw new StrixhaloException(wrong, null, null);
        return new TarballSource(address, digest, folder);
    }

    /** Sees that there is a server in an address, and none in that of a file ({@code file://x} has one, named x). */
    private static void checkPlace(URI address) {
        if (address.getScheme().equals("file")) {
            if (address.getAuthority() != null || address.getPath() == null) {
                throw new IllegalArgumentException(address + " names a server; a file is file:///its/whole/path");
            }
        } else if (address.getHost() == null) {
            throw new IllegalArgumentException(address + " names no server");
        }
    }

    @Override
    public String text() {
        return from + (folder.isEmpty() ? "" : " " + folder);
    }

    @Override
    public Tree bring(Path cache, Progress progress) throws StrixhaloException {
        var place = cache.resolve("tar-" + sha256.substring(0, 16));
        CachedTree.make(place, fresh -> {
            var archive = from.getScheme().equals("file")
                    ? Download.verified(Path.of(from), sha256)
                    : new Download(cache, progress).file(from, sha256);
            Archive.unpack(archive, fresh.resolve("tree"));
        });
        try {
            var root = Archive.top(place.resolve("tree"));
            if (!folder.isEmpty()) root = root.resolve(folder);
            if (!Files.isDirectory(root)) {
                throw Problem.of("The archive has no such folder.")
                        .found("<folder>" + folder + "</folder> in " + from)
                        .fix("say in <folder> where RCCL's CMakeLists.txt lies, or leave it out")
                        .asException();
            }
            return new Tree(root, "tar:" + sha256 + ":" + folder, "", folder);
        } catch (IOException e) {
            throw CachedTree.unwritable(place, e);
        }
    }
}
