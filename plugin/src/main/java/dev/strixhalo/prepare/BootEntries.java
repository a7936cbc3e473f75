package dev.strixhalo.prepare;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.NodeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The boot loader's entries as grubby(8) lists them. On Fedora they are root's to read: to others grubby shows none, and says
 * that all went well.
 */
final class BootEntries {
    private static final String BEGUN = "@@entries";
    private static final Duration SHORT = Duration.ofMinutes(1);

    private BootEntries() {}

    static List<HostState.BootEntry> parse(List<String> lines) {
        var entries = new ArrayList<HostState.BootEntry>();
        String kernel = "";
        for (var line : lines) {
            if (line.startsWith("kernel=")) kernel = unquoted(line.substring("kernel=".length()));
            if (line.startsWith("args=") && !kernel.isEmpty()) {
                entries.add(new HostState.BootEntry(
                        kernel,
                        Arrays.stream(unquoted(line.substring("args=".length())).split("\\s+"))
                                .filter(word -> !word.isEmpty())
                                .toList()));
                kernel = "";
            }
        }
        return List.copyOf(entries);
    }

    private static String unquoted(String text) {
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    /** Whether the entries are closed to the user, who becomes root by a password alone. */
    static boolean closed(Host host) {
        return host.state().manager().equals("dnf")
                && host.state().sudo().kind() == HostState.Sudo.Kind.PASSWORD
                && host.state().grubby().find().orElse(List.of()).isEmpty();
    }

    /**
     * The same looks; where the plan needs entries that are closed, with those that root reads, by the password that apply
     * would ask for.
     */
    static Map<Node, Host> opened(
            Map<Node, Host> looks, Function<Node, NodeConnection> connections, Rights.Passwords passwords)
            throws StrixhaloException {
        var opened = new LinkedHashMap<>(looks);
        for (var look : looks.entrySet()) {
            var host = look.getValue();
            if (!KernelArguments.askRoot(host)) continue;
            var rights = new Rights(connections.apply(look.getKey()), host.state(), passwords);
            opened.put(look.getKey(), opened(host, rights));
        }
        return opened;
    }

    private static Host opened(Host host, Rights rights) throws StrixhaloException {
        var told = rights.run(
                "reading the boot loader's entries",
                "echo %s\ngrubby --info=ALL\n".formatted(BEGUN),
                "",
                List.of(),
                SHORT,
                (stream, line) -> {});
        Reading<List<HostState.BootEntry>> entries = told.succeeded()
                ? Reading.of(parse(told.out()))
                : Reading.absent("'grubby --info=ALL' failed: " + String.join(" ", told.err()));
        return new Host(
                host.node(),
                host.cluster(),
                host.facts(),
                host.state().withGrubby(entries),
                host.wishes(),
                host.others());
    }
}
