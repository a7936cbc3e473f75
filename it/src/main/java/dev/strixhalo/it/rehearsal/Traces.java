package dev.strixhalo.it.rehearsal;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a bed could leave on this machine.
 *
 * @param mounts     of this process' mount namespace
 * @param interfaces of this machine's own network
 * @param accounts   the lines of all files that know users
 * @param files      in the folder of beds and in {@code /run/netns}
 */
record Traces(Set<String> mounts, Set<String> interfaces, List<String> accounts, Set<String> files) {
    private static final List<String> ACCOUNTS =
            List.of("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/subuid", "/etc/subgid");

    static Traces of(Path folder) throws IOException, StrixhaloException {
        var accounts = new ArrayList<String>();
        for (var file : ACCOUNTS) {
            if (Files.exists(Path.of(file))) accounts.addAll(Files.readAllLines(Path.of(file)));
        }
        var files = new TreeSet<String>();
        for (var place : List.of(folder, Path.of("/run/netns"))) {
            if (!Files.isDirectory(place)) continue;
            try (var entries = Files.list(place)) {
                entries.map(Path::toString).forEach(files::add);
            }
        }
        return new Traces(
                new TreeSet<>(Files.readAllLines(Path.of("/proc/self/mountinfo"))),
                new TreeSet<>(Program.of("ip", "-brief", "link").run().orFail().out()),
                accounts,
                files);
    }

    /** What is there now and was not before; empty when nothing was left. */
    List<String> beyond(Traces before) {
        var more = new ArrayList<String>();
        beyond(more, "mount", mounts, before.mounts);
        beyond(more, "interface", interfaces, before.interfaces);
        beyond(more, "file", files, before.files);
        if (!accounts.equals(before.accounts)) more.add("the files of users and groups were changed");
        return more;
    }

    private static void beyond(List<String> more, String what, Set<String> now, Set<String> before) {
        now.stream().filter(one -> !before.contains(one)).forEach(one -> more.add(what + " " + one));
    }

    /** The network namespaces of a process and all that came of it. */
    static Set<String> networks(ProcessHandle root) {
        var all = new TreeSet<String>();
        network(root).ifPresent(all::add);
        root.descendants().flatMap(process -> network(process).stream()).forEach(all::add);
        network(ProcessHandle.current()).ifPresent(all::remove);
        return all;
    }

    /** Those of the namespaces that some process on this machine is in. */
    static Set<String> inhabited(Set<String> networks) {
        var all = new TreeSet<String>();
        ProcessHandle.allProcesses()
                .flatMap(process -> network(process).stream())
                .forEach(all::add);
        all.retainAll(networks);
        return all;
    }

    private static Optional<String> network(ProcessHandle process) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/net"))
                    .toString());
        } catch (IOException e) {
            return Optional.empty(); // it has ended since
        }
    }
}
