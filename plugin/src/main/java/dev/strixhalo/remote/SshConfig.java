package dev.strixhalo.remote;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.SshConfigFile.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lines of ~/.ssh/config and /etc/ssh/ssh_config that apply to one host: Host, Match and Include are followed as ssh
 * does (the first value wins), what they say of the host is {@link SshSettings}' matter.
 */
final class SshConfig {
    private static final int DEEPEST_INCLUDE = 16;

    /** Criteria of Match that can be judged here; the others need a shell, DNS or a command line (ssh_config(5)). */
    private static final Set<String> ARGUMENTLESS = Set.of("all", "final", "canonical");

    private static final Set<String> NAMED = Set.of("host", "originalhost", "user", "localuser");

    private final RemoteSettings settings;
    private final Map<Path, List<Line>> files = new HashMap<>();

    SshConfig(RemoteSettings settings) {
        this.settings = settings;
    }

    /**
     * Resolves what one would type after {@code ssh}.
     *
     * @param user a login name that goes before the configuration's, or null
     * @param port a port that goes before the configuration's, or null
     * @throws StrixhaloException with every setting for this host that is wrong or cannot be followed
     */
    SshTarget resolve(String alias, @Nullable String user, @Nullable Integer port) throws StrixhaloException {
        var pass = new Pass(alias, user);
        pass.readAll();
        if (pass.wantsFinal) {
            // ssh reads its files once more, with the host name that the first reading gave, for "Match final".
            pass.last = true;
            pass.readAll();
        }
        return new SshSettings(settings, alias, user, port, pass.single, pass.many).target();
    }

    /** One host's way through the files. */
    private final class Pass {
        private final String alias;
        private final @Nullable String user;
        private final Map<String, Line> single = new LinkedHashMap<>();
        private final Map<String, List<Line>> many = new LinkedHashMap<>();
        private boolean last;
        private boolean wantsFinal;

        Pass(String alias, @Nullable String user) {
            this.alias = alias;
            this.user = user;
        }

        void readAll() throws StrixhaloException {
            read(settings.home().resolve(".ssh/config"), settings.home().resolve(".ssh"), true, 0);
            read(settings.system().resolve("ssh_config"), settings.system(), true, 0);
        }

        private void read(Path file, Path folder, boolean applies, int depth) throws StrixhaloException {
            if (!Files.exists(file)) return;
            var lines = files.get(file);
            if (lines == null) {
                lines = SshConfigFile.read(file);
                files.put(file, lines);
            }
            boolean active = applies;
            for (var line : lines) {
                switch (line.keyword()) {
                    case "host" -> active = applies && HostPatterns.match(line.values(), alias);
                    case "match" -> active = applies && matches(line);
                    case "include" -> include(line, folder, active, depth);
                    default -> {
                        if (active) take(line);
                    }
                }
            }
        }

        private void take(Line line) {
            if (SshSettings.MANY.contains(line.keyword())) {
                var all = many.computeIfAbsent(line.keyword(), k -> new ArrayList<>());
                if (!all.contains(line)) all.add(line);
            } else {
                single.putIfAbsent(line.keyword(), line);
            }
        }

        private void include(Line line, Path folder, boolean active, int depth) throws StrixhaloException {
            if (depth == DEEPEST_INCLUDE) {
                throw line.problem("Include goes deeper than %d files; does a file include itself?"
                                .formatted(DEEPEST_INCLUDE))
                        .fix("take the Include out of one of them")
                        .asException();
            }
            if (!active) return;
            for (var value : line.values()) {
                var text = value.startsWith("~/") ? settings.home() + value.substring(1) : value;
                for (var file : glob(folder.resolve(text), line)) read(file, folder, true, depth + 1);
            }
        }

        private List<Path> glob(Path pattern, Line line) throws StrixhaloException {
            var found = new ArrayList<Path>();
            found.add(pattern.getRoot());
            for (var part : pattern) {
                var next = new ArrayList<Path>();
                for (var folder : found) {
                    if (part.toString().chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
                        if (Files.exists(folder.resolve(part))) next.add(folder.resolve(part));
                        continue;
                    }
                    if (!Files.isDirectory(folder)) continue;
                    try (var entries = Files.newDirectoryStream(folder, part.toString())) {
                        for (var entry : entries) {
                            if (!entry.getFileName().toString().startsWith(".")) next.add(entry);
                        }
                    } catch (IOException e) {
                        throw line.problem("the folder %s of an Include cannot be read.".formatted(folder))
                                .fix("ls -ld '%s'".formatted(folder))
                                .asException(e);
                    }
                }
                found = next;
            }
            found.sort(null);
            return found;
        }

        /** Criteria are judged in their order, and only until one fails, as ssh does. */
        private boolean matches(Line line) throws StrixhaloException {
            var words = new ArrayList<>(line.values());
            boolean all = true;
            while (all && !words.isEmpty()) {
                var word = words.remove(0);
                boolean negated = word.startsWith("!");
                var name = word.substring(negated ? 1 : 0);
                String criterion = name;
                String argument = null;
                int equals = name.indexOf('=');
                if (equals > 0) {
                    criterion = name.substring(0, equals);
                    argument = name.substring(equals + 1);
                }
                criterion = criterion.toLowerCase(Locale.ROOT);
                boolean result;
                if (ARGUMENTLESS.contains(criterion)) {
                    if (criterion.equals("final")) wantsFinal = true;
                    // Canonicalisation is refused where it is switched on; its second reading is then the final one.
                    result = criterion.equals("all") || last;
                } else if (NAMED.contains(criterion)) {
                    if (argument == null) {
                        if (words.isEmpty()) {
                            throw line.problem("'Match %s' has nothing to compare with.".formatted(criterion))
                                    .fix("man ssh_config, Match")
                                    .asException();
                        }
                        argument = words.remove(0);
                    }
                    var patterns = Arrays.asList(argument.split(","));
                    result = criterion.endsWith("host")
                            ? HostPatterns.matchAnyCase(patterns, subject(criterion))
                            : HostPatterns.match(patterns, subject(criterion));
                } else {
                    throw line.problem("'Match %s' cannot be judged by this plugin.".formatted(criterion))
                            .fix("use Host, or Match with host, originalhost, user, localuser or all, for the nodes;"
                                    + " or put 'host' before it so that it is not reached for %s".formatted(alias))
                            .asException();
                }
                all = result != negated;
            }
            return all;
        }

        private String subject(String criterion) {
            var hostName = single.get("hostname");
            var configured = single.get("user");
            return switch (criterion) {
                case "host" -> hostName == null ? alias : hostName.value().replace("%h", alias);
                case "originalhost" -> alias;
                case "localuser" -> settings.user();
                default -> user != null ? user : configured != null ? configured.value() : settings.user();
            };
        }
    }
}
