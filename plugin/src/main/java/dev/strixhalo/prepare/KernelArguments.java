package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Arguments of the kernel, in the boot loader: grubby on Fedora, the files of GRUB and {@code update-grub} on Debian and
 * Ubuntu. Only the wanted ones are touched.
 */
final class KernelArguments {
    static final String MAIN = "/etc/default/grub";
    private static final String MORE = "/etc/default/grub.d/";
    private static final String DEFAULT = "GRUB_CMDLINE_LINUX_DEFAULT";
    private static final String ALWAYS = "GRUB_CMDLINE_LINUX";
    private static final List<String> GRUBBY_WRITES =
            List.of("/boot/loader/entries/*.conf", MAIN, "/etc/kernel/cmdline");

    private KernelArguments() {}

    static Optional<Remedy.Draft> draft(Host host) throws StrixhaloException {
        var wanted = host.wishes().wanted().kernelArguments();
        if (!host.wishes().kernelArguments() || wanted.isEmpty()) return Optional.empty();
        if (host.state().manager().equals(HostState.OSTREE)) {
            demandArguments(host, wanted);
            return Optional.empty();
        }
        // What grubby sets it sets for all kernels: the one that runs tells, where root alone may see the others.
        if (BootEntries.closed(host) && running(host, wanted).none()) return Optional.empty();
        var steps = host.state().grubby().find().isPresent() ? grubby(host, wanted) : grub(host, wanted);
        return Remedy.Draft.of(steps, Afterwards.REBOOT);
    }

    /** Whether what is to be done cannot be known before root has read the boot loader's entries. */
    static boolean askRoot(Host host) {
        var wanted = host.wishes().wanted().kernelArguments();
        return host.wishes().kernelArguments()
                && BootEntries.closed(host)
                && !running(host, wanted).none();
    }

    /** What the running kernel lacks; all of it where its arguments could not be read. */
    private static Arguments running(Host host, List<String> wanted) {
        return Arguments.missing(host.facts().arguments().find().orElse(List.of()), wanted);
    }

    /** Entries of the boot loader are ostree's there, and change with the image. */
    private static void demandArguments(Host host, List<String> wanted) throws StrixhaloException {
        var missing = running(host, wanted);
        if (missing.none()) return;
        var words = new ArrayList<String>();
        missing.replaced().keySet().forEach(argument -> words.add("--delete-if-present=" + argument));
        missing.replaced().values().stream()
                .filter(argument -> !argument.isEmpty())
                .forEach(argument -> words.add("--append-if-missing=" + argument));
        missing.added().forEach(argument -> words.add("--append-if-missing=" + argument));
        throw Problem.of("Arguments of the kernel are missing, and the system is an image of ostree's.")
                .found("/run/ostree-booted")
                .fix("sudo rpm-ostree kargs %s, restart, then run the goal again".formatted(String.join(" ", words)))
                .asException();
    }

    private static List<Step> grubby(Host host, List<String> wanted) throws StrixhaloException {
        var entries = host.state().grubby().find().orElse(List.of());
        if (entries.isEmpty()) {
            throw Problem.of("'grubby --info=ALL' names no kernel.")
                    .fix("see what it says as root: sudo grubby --info=ALL")
                    .asException();
        }
        var removed = new LinkedHashSet<String>();
        var added = new LinkedHashSet<String>();
        for (var entry : entries) {
            var missing = Arguments.missing(entry.arguments(), wanted);
            removed.addAll(missing.replaced().keySet());
            added.addAll(missing.replaced().values());
            added.addAll(missing.added());
        }
        added.remove("");
        if (removed.isEmpty() && added.isEmpty()) return List.of();
        var lists = wanted.stream()
                .filter(argument -> Arguments.list(argument)
                        && added.stream().anyMatch(other -> Arguments.sameKey(other, argument)))
                .toList();
        var setting = wanted.stream()
                .filter(argument -> lists.contains(argument) || added.contains(argument))
                .map(argument -> lists.contains(argument) ? common(entries, argument) : argument)
                .toList();
        // ALL is also what tells later kernels: grubby then writes the defaults, too.
        var argv = new ArrayList<>(List.of("grubby", "--update-kernel=ALL"));
        if (!removed.isEmpty()) argv.add("--remove-args=" + String.join(" ", removed));
        if (!setting.isEmpty()) argv.add("--args=" + String.join(" ", setting));
        // The entries of kernels that are there now are put back as files; what no kernel had is taken from newer ones.
        // A list that was joined stays on those: with it would go what others had put there.
        var ours = new LinkedHashSet<>(setting);
        ours.retainAll(wanted);
        entries.forEach(entry -> ours.removeAll(entry.arguments()));
        List<String> undo = ours.isEmpty()
                ? List.of()
                : List.of("grubby", "--update-kernel=ALL", "--remove-args=" + String.join(" ", ours));
        var steps = new ArrayList<Step>(List.of(new Step.Command(argv, undo, GRUBBY_WRITES)));
        // Before it sets an argument grubby takes all of that key away: what an entry had in its list is said again.
        var again = new LinkedHashMap<String, List<String>>();
        for (var entry : entries) {
            var values = lists.stream()
                    .map(argument -> Arguments.merged(entry.arguments(), argument))
                    .filter(argument -> !setting.contains(argument))
                    .toList();
            var other = again.putIfAbsent(entry.kernel(), values);
            if (other != null && !other.equals(values)) throw oneKernelTwice(entry.kernel(), other, values);
        }
        again.forEach((kernel, values) -> {
            if (values.isEmpty()) return;
            var words = List.of("grubby", "--update-kernel=" + kernel, "--args=" + String.join(" ", values));
            steps.add(new Step.Command(words, List.of(), GRUBBY_WRITES));
        });
        return steps;
    }

    /** By a kernel's file grubby changes all its entries, as a copy that somebody made for tests. */
    private static StrixhaloException oneKernelTwice(String kernel, List<String> one, List<String> other) {
        return Problem.of("Two boot entries of %s have other values in one list.".formatted(kernel))
                .found("one would need '%s', the other '%s'".formatted(String.join(" ", one), String.join(" ", other)))
                .fix("make them equal, or remove one: sudo grubby --info=" + kernel)
                .asException();
    }

    /** What all entries shall have in a list, where that is the same; else the wanted value alone. */
    private static String common(List<HostState.BootEntry> entries, String wanted) {
        var merged = entries.stream()
                .map(entry -> Arguments.merged(entry.arguments(), wanted))
                .distinct()
                .toList();
        return merged.size() == 1 ? merged.get(0) : wanted;
    }

    private static List<Step> grub(Host host, List<String> wanted) throws StrixhaloException {
        var state = host.state();
        if (!state.updateGrub()
                || !state.file(MAIN).map(HostState.FileState::there).find().orElse(false)) {
            throw Problem.of("The boot loader is none that prepare knows; the kernel's arguments stay as they are.")
                    .found("neither grubby nor %s with update-grub".formatted(MAIN))
                    .fix("add to the kernel's command line: " + String.join(" ", wanted))
                    .asException();
        }
        var present = new ArrayList<String>();
        present.addAll(effective(state, ALWAYS));
        present.addAll(effective(state, DEFAULT));
        var missing = Arguments.missing(present, wanted);
        if (missing.none()) return List.of();
        var edited = new Edited(state);
        for (var swap : missing.replaced().entrySet()) edited.replace(swap.getKey(), swap.getValue());
        if (!missing.added().isEmpty()) edited.append(missing.added());
        var steps = new ArrayList<Step>();
        steps.add(Step.Command.onUndo("update-grub"));
        steps.addAll(edited.steps());
        steps.add(Step.Command.of("update-grub"));
        return steps;
    }

    /** Files in the order in which grub-mkconfig of Debian reads them; the last assignment to a variable holds. */
    private static List<String> files(HostState state) {
        var files = new ArrayList<>(List.of(MAIN));
        state.files().keySet().stream()
                .filter(path -> path.startsWith(MORE) && path.endsWith(".cfg"))
                .sorted()
                .forEach(files::add);
        return files;
    }

    private static List<String> effective(HostState state, String variable) {
        List<String> words = List.of();
        for (var path : files(state)) {
            var value = new GrubFile(state.content(path)).last(variable);
            if (value.isEmpty()) continue;
            var now = new ArrayList<String>();
            for (var word : value.get().words()) {
                // A file may go on from what the ones before it said.
                if (word.equals("$" + variable) || word.equals("${" + variable + "}")) now.addAll(words);
                else now.add(word);
            }
            words = now;
        }
        return words;
    }

    /** Texts of the files while they are changed. */
    private static final class Edited {
        private final HostState state;
        private final TreeMap<String, String> texts = new TreeMap<>();

        Edited(HostState state) {
            this.state = state;
        }

        private String text(String path) {
            return texts.getOrDefault(path, state.content(path));
        }

        private List<String> backwards() {
            var files = new ArrayList<>(files(state));
            Collections.reverse(files);
            return files;
        }

        void replace(String word, String by) throws StrixhaloException {
            for (var path : backwards()) {
                for (var variable : List.of(DEFAULT, ALWAYS)) {
                    var file = new GrubFile(text(path));
                    var value = file.last(variable);
                    if (value.isEmpty() || !value.get().words().contains(word)) continue;
                    demandPlain(path, variable, value.get());
                    texts.put(
                            path, file.replacing(value.get(), word, by).orElseThrow(() -> unreadable(path, variable)));
                    return;
                }
            }
            throw unreadable(MAIN, word);
        }

        void append(List<String> words) throws StrixhaloException {
            for (var path : backwards()) {
                var file = new GrubFile(text(path));
                var value = file.last(DEFAULT);
                if (value.isEmpty()) continue;
                demandPlain(path, DEFAULT, value.get());
                texts.put(path, file.appending(value.get(), words));
                return;
            }
            texts.put(MAIN, new GrubFile(text(MAIN)).assigning(DEFAULT, words));
        }

        private static void demandPlain(String path, String variable, GrubFile.Value value) throws StrixhaloException {
            if (!value.plain()) throw unreadable(path, variable);
        }

        private static StrixhaloException unreadable(String path, String what) {
            return Problem.of("%s in %s is written so that only a shell can read it; it stays as it is."
                            .formatted(what, path))
                    .found("a command in the value, quotes that do not close, or more added by +=")
                    .fix("add the arguments there by hand, then: sudo update-grub")
                    .asException();
        }

        List<Step> steps() {
            var steps = new ArrayList<Step>();
            texts.forEach((path, text) -> {
                var mode =
                        state.file(path).map(HostState.FileState::mode).find().orElse("644");
                state.writing(path, mode, text).ifPresent(steps::add);
            });
            return steps;
        }
    }
}
