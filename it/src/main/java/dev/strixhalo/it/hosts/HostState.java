package dev.strixhalo.it.hosts;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.VirtualMachine;
import dev.strixhalo.it.stage.Mismatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What prepare may change on a host, as the host itself tells it: files, packages, profiles, addresses, groups. */
record HostState(String host, Set<String> lines) {
    static HostState of(VirtualMachine machine) throws StrixhaloException {
        var said = machine.rootProgram(List.of("python3", "-"))
                .stdin(Hosts.resource("host-state.py"))
                .timeout(Duration.ofMinutes(2))
                .run()
                .orFail();
        return new HostState(machine.name(), new TreeSet<>(said.out()));
    }

    static List<HostState> ofAll(Hosts hosts) throws StrixhaloException {
        var states = new ArrayList<HostState>();
        for (var machine : hosts.all()) states.add(of(machine));
        return states;
    }

    /** Demands that every host is as it was. */
    static void unlessSame(List<HostState> before, Hosts hosts) throws StrixhaloException, Mismatch {
        var differences = new ArrayList<String>();
        for (int n = 0; n < before.size(); n++) {
            var was = before.get(n);
            var is = of(hosts.all().get(n));
            for (var line : was.lines()) if (!is.lines().contains(line)) differences.add(is.host() + " - " + line);
            for (var line : is.lines()) if (!was.lines().contains(line)) differences.add(is.host() + " + " + line);
        }
        Mismatch.unless(differences.isEmpty(), String.join("\n", differences));
    }
}
