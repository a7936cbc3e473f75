package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The stand-in for the Hugging Face hub ({@code image/hub.py}): folders as repositories, some of them gated, slow or stuck. */
public final class Hub implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("listening on (http://\\S+)");

    private final Service service;
    private final String endpoint;
    private final Path accessLog;

    private Hub(Service service, String endpoint, Path accessLog) {
        this.service = service;
        this.endpoint = endpoint;
        this.accessLog = accessLog;
    }

    /**
     * A folder as a repository; the same folder may be several.
     *
     * @param name       as {@code organisation/name}
     * @param gated      its files are only for those with a token of the hub
     * @param rate       bytes per second and connection, 0 for all there is
     * @param stallAfter no byte of a file beyond this one is ever sent and the connection is kept, 0 for never
     */
    public record Repository(String name, Path folder, boolean gated, long rate, long stallAfter) {
        public Repository {
            if (name.isBlank() || name.contains("=")) throw new IllegalArgumentException("no name: " + name);
            if (rate < 0 || stallAfter < 0) throw new IllegalArgumentException("below nought: " + name);
        }

        /** A repository that anybody reads at full speed. */
        public static Repository open(String name, Path folder) {
            return new Repository(name, folder, false, 0, 0);
        }

        /** A repository whose files ask for a token. */
        public static Repository gated(String name, Path folder) {
            return new Repository(name, folder, true, 0, 0);
        }
    }

    /**
     * Starts a hub; it answers when this returns.
     *
     * @param prefix  what puts a command into the hub's place, as {@code nsenter …}; may be empty
     * @param address IPv4 address that it listens on
     * @param port    its port, or 0 for any free one
     * @param work    folder for its logs and tokens; belongs to the bed's run
     * @param tokens  who bears one of them is granted everything
     */
    public static Hub start(
            List<String> prefix,
            String address,
            int port,
            Path work,
            List<Repository> repositories,
            List<Secret> tokens)
            throws StrixhaloException {
        var accessLog = work.resolve("hub-access.log");
        var granted = work.resolve("hub-tokens");
        try {
            Files.createDirectories(work);
            Files.deleteIfExists(accessLog);
            Files.deleteIfExists(granted);
            // A file and not an argument: arguments are for everybody to see.
            Files.createFile(
                    granted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(granted, tokens.stream().map(Secret::reveal).collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw Problem.of("The hub of the test bed cannot be set up.")
                    .found(e.toString())
                    .fix("make " + work + " writable")
                    .asException(e);
        }
        var script = ImageScripts.in(work.resolve("scripts")).path("hub.py").toString();
        var argv = new ArrayList<>(List.of("python3", "-u", script, "--listen", address + ":" + port));
        argv.addAll(List.of("--tokens", granted.toString(), "--access-log", accessLog.toString()));
        for (var repository : repositories) {
            argv.addAll(List.of("--repo", repository.name() + "=" + repository.folder()));
            if (repository.gated()) argv.addAll(List.of("--gated", repository.name()));
            if (repository.rate() > 0) argv.addAll(List.of("--rate", repository.name() + "=" + repository.rate()));
            if (repository.stallAfter() > 0) {
                argv.addAll(List.of("--stall-after", repository.name() + "=" + repository.stallAfter()));
            }
        }
        var service = Service.start("hub", prefix, argv, work.resolve("hub.log"), READY, START_TIMEOUT);
        try {
            return new Hub(service, service.await(READY, START_TIMEOUT).group(1), accessLog);
        } catch (StrixhaloException | RuntimeException e) {
            service.close();
            throw e;
        }
    }

    /** The value of {@code HF_ENDPOINT}. */
    public String endpoint() {
        return endpoint;
    }

    /** A line per request, the oldest first: time, client, token or not, method, path, range, status, bytes of the body. */
    public List<String> accesses() throws StrixhaloException {
        try {
            return Files.exists(accessLog) ? Files.readAllLines(accessLog) : List.of();
        } catch (IOException e) {
            throw Problem.of("The access log of the hub cannot be read.")
                    .found(e.toString())
                    .fix("look at " + accessLog)
                    .asException(e);
        }
    }

    public boolean isRunning() {
        return service.isAlive();
    }

    @Override
    public void close() {
        service.close();
    }
}
