package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.SshConfigFile.Line;
import dev.strixhalo.remote.SshTarget.Family;
import dev.strixhalo.remote.SshTarget.Jump;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the settings that apply to one host mean; {@link SshKeywords} says which are followed.
 */
final class SshSettings {
    /** Settings of which all values count, not the first only. */
    static final Set<String> MANY = Set.of("identityfile", "certificatefile");

    private static final List<String> DEFAULT_KEYS =
            List.of("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk");
    private static final Pattern JUMP =
            Pattern.compile("(?:ssh://)?(?:([^@]+)@)?(\\[[^]]+]|[^:\\[\\]/]+)(?::(\\d+))?/?");
    private static final Pattern TIME = Pattern.compile("(\\d+)([smhdw]?)", Pattern.CASE_INSENSITIVE);

    private final RemoteSettings settings;
    private final String alias;
    private final @Nullable String givenUser;
    private final @Nullable Integer givenPort;
    private final Map<String, Line> single;
    private final Map<String, List<Line>> many;
    private final List<Problem> problems = new ArrayList<>();

    SshSettings(
            RemoteSettings settings,
            String alias,
            @Nullable String givenUser,
            @Nullable Integer givenPort,
            Map<String, Line> single,
            Map<String, List<Line>> many) {
        this.settings = settings;
        this.alias = alias;
        this.givenUser = givenUser;
        this.givenPort = givenPort;
        this.single = single;
        this.many = many;
    }

    SshTarget target() throws StrixhaloException {
        var ignored = single.get("ignoreunknown");
        for (var line : single.values())
            SshKeywords.refusal(line, alias, ignored).ifPresent(problems::add);
        var hostLine = single.get("hostname");
        var host = hostLine == null ? alias : expand(hostLine, hostLine.value(), Map.of('h', alias, '%', "%"));
        int port = givenPort != null ? givenPort : number("port", 22, 1, 65535);
        var user = givenUser != null ? givenUser : single.containsKey("user") ? text("user") : settings.user();
        var tokens = tokens(host, port, user);
        var keys = paths("identityfile", tokens);
        var target = new SshTarget(
                alias,
                host,
                port,
                user,
                family(),
                many.containsKey("identityfile") ? keys : defaultKeys(),
                many.containsKey("identityfile"),
                paths("certificatefile", tokens),
                yes("identitiesonly", false),
                agent(tokens),
                knownHosts(tokens),
                single.containsKey("hostkeyalias") ? text("hostkeyalias") : null,
                time("connecttimeout", settings.connectTimeout()),
                time("serveraliveinterval", Duration.ofSeconds(15)),
                number("serveralivecountmax", 3, 1, 1000),
                jumps(),
                lax());
        if (!problems.isEmpty()) throw new StrixhaloException(problems, null, null);
        return target;
    }

    private Map<Character, String> tokens(String host, int port, String user) {
        var tokens = new HashMap<Character, String>();
        tokens.put('%', "%");
        tokens.put('d', settings.home().toString());
        tokens.put('h', host);
        tokens.put('n', alias);
        tokens.put('p', Integer.toString(port));
        tokens.put('r', user);
        tokens.put('u', settings.user());
        tokens.put(
                'k',
                single.containsKey("hostkeyalias") ? single.get("hostkeyalias").value() : alias);
        return tokens;
    }

    private String expand(Line line, String value, Map<Character, String> tokens) {
        var expanded = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '%') {
                var token = i + 1 < value.length() ? tokens.get(value.charAt(i + 1)) : null;
                if (token == null) {
                    problems.add(line.problem("%s has a %% that cannot be replaced.".formatted(line.written()))
                            .fix("known here: %"
                                    + String.join(
                                            " %",
                                            tokens.keySet().stream()
                                                    .sorted()
                                                    .map(String::valueOf)
                                                    .toList())));
                    return value;
                }
                expanded.append(token);
                i++;
            } else if (c == '$' && value.startsWith("${", i) && value.indexOf('}', i) > 0) {
                var name = value.substring(i + 2, value.indexOf('}', i));
                var variable = settings.environment().get(name);
                if (variable == null) {
                    problems.add(
                            line.problem("%s needs the variable %s, which is not set.".formatted(line.written(), name))
                                    .fix("export %s=…   or write the path out".formatted(name)));
                    return value;
                }
                expanded.append(variable);
                i = value.indexOf('}', i);
            } else {
                expanded.append(c);
            }
        }
        return expanded.toString();
    }

    private @Nullable Path path(Line line, String value, Map<Character, String> tokens) {
        if (value.equalsIgnoreCase("none")) return null;
        var text = expand(line, value, tokens);
        if (text.equals("~") || text.startsWith("~/"))
            return settings.home().resolve(text.substring(Math.min(2, text.length())));
        if (text.startsWith("~")) {
            problems.add(line.problem("%s names another user's home.".formatted(line.written()))
                    .fix("write the path out"));
        }
        return settings.home().resolve(text);
    }

    private List<Path> paths(String keyword, Map<Character, String> tokens) {
        var paths = new ArrayList<Path>();
        for (var line : many.getOrDefault(keyword, List.of())) {
            var path = path(line, line.value(), tokens);
            if (path != null && !paths.contains(path)) paths.add(path);
        }
        return paths;
    }

    private List<Path> defaultKeys() {
        return DEFAULT_KEYS.stream()
                .map(name -> settings.home().resolve(".ssh").resolve(name))
                .filter(Files::exists)
                .toList();
    }

    private @Nullable Path agent(Map<Character, String> tokens) {
        var variable = "SSH_AUTH_SOCK";
        var line = single.get("identityagent");
        if (line != null && !line.value().equals(variable)) {
            if (!line.value().startsWith("$") || line.value().startsWith("${")) return path(line, line.value(), tokens);
            variable = line.value().substring(1);
        }
        var socket = settings.environment().get(variable);
        return socket == null || socket.isEmpty() ? null : Path.of(socket);
    }

    private List<Path> knownHosts(Map<Character, String> tokens) {
        var files = new ArrayList<Path>();
        var user = single.get("userknownhostsfile");
        if (user == null) {
            files.add(settings.home().resolve(".ssh/known_hosts"));
            files.add(settings.home().resolve(".ssh/known_hosts2"));
        } else {
            addPaths(user, tokens, files);
        }
        var global = single.get("globalknownhostsfile");
        if (global == null) {
            files.add(settings.system().resolve("ssh_known_hosts"));
            files.add(settings.system().resolve("ssh_known_hosts2"));
        } else {
            addPaths(global, tokens, files);
        }
        return files;
    }

    private void addPaths(Line line, Map<Character, String> tokens, List<Path> to) {
        for (var value : line.values()) {
            var path = path(line, value, tokens);
            if (path != null) to.add(path);
        }
    }

    private Family family() {
        var line = single.get("addressfamily");
        if (line == null) return Family.ANY;
        return switch (line.value().toLowerCase(Locale.ROOT)) {
            case "any" -> Family.ANY;
            case "inet" -> Family.INET;
            case "inet6" -> Family.INET6;
            default -> {
                problems.add(line.problem("AddressFamily is none of any, inet, inet6.")
                        .fix("AddressFamily any"));
                yield Family.ANY;
            }
        };
    }

    private List<Jump> jumps() {
        var line = single.get("proxyjump");
        if (line == null || line.value().equalsIgnoreCase("none")) return List.of();
        var jumps = new ArrayList<Jump>();
        for (var text : line.value().split(",", -1)) {
            var jump = JUMP.matcher(text.strip());
            if (!jump.matches()) {
                problems.add(line.problem("ProxyJump of %s is not understood.".formatted(alias))
                        .fix("ProxyJump [user@]host[:port],…   or none"));
                return List.of();
            }
            var host = jump.group(2).replaceAll("[\\[\\]]", "");
            jumps.add(new Jump(jump.group(1), host, jump.group(3) == null ? null : Integer.valueOf(jump.group(3))));
        }
        return jumps;
    }

    /** "no" and "off" would take any key; "ask" and "accept-new" are for people at a terminal. All are strict here. */
    private @Nullable String lax() {
        var line = single.get("stricthostkeychecking");
        if (line == null) return null;
        return switch (line.value().toLowerCase(Locale.ROOT)) {
            case "yes", "ask" -> null;
            default -> "%s (%s %s)".formatted(line.where(), line.written(), line.value());
        };
    }

    private String text(String keyword) {
        var line = single.get(keyword);
        if (line == null) throw new IllegalStateException(keyword);
        return line.value();
    }

    private boolean yes(String keyword, boolean otherwise) {
        var line = single.get(keyword);
        if (line == null) return otherwise;
        return switch (line.value().toLowerCase(Locale.ROOT)) {
            case "yes", "true" -> true;
            case "no", "false" -> false;
            default -> {
                problems.add(line.problem("%s is neither yes nor no.".formatted(line.written()))
                        .fix(line.written() + " yes"));
                yield otherwise;
            }
        };
    }

    private int number(String keyword, int otherwise, int least, int most) {
        var line = single.get(keyword);
        if (line == null) return otherwise;
        try {
            int number = Integer.parseInt(line.value());
            if (number >= least && number <= most) return number;
        } catch (NumberFormatException e) {
            // Told below, like a number that is too small or too large.
        }
        problems.add(line.problem("%s is no number from %d to %d.".formatted(line.written(), least, most))
                .fix("%s %d".formatted(line.written(), otherwise)));
        return otherwise;
    }

    /** Seconds, or with s, m, h, d, w after it; 0 and none are "no limit" to ssh and our own limit here. */
    private Duration time(String keyword, Duration otherwise) {
        var line = single.get(keyword);
        if (line == null || line.value().equalsIgnoreCase("none")) return otherwise;
        var time = TIME.matcher(line.value());
        if (!time.matches() || time.group(1).length() > 6) {
            problems.add(line.problem("%s is no time.".formatted(line.written()))
                    .fix("%s %d".formatted(line.written(), otherwise.toSeconds())));
            return otherwise;
        }
        long factor = switch (time.group(2).toLowerCase(Locale.ROOT)) {
            case "m" -> 60;
            case "h" -> 3600;
            case "d" -> 86400;
            case "w" -> 604800;
            default -> 1;
        };
        long seconds = Long.parseLong(time.group(1)) * factor;
        return seconds == 0 ? otherwise : Duration.ofSeconds(Math.min(seconds, 86400));
    }
}
