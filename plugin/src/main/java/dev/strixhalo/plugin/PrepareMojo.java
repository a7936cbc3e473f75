package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.doctor.Doctor;
import dev.strixhalo.doctor.DoctorReport;
import dev.strixhalo.doctor.JUnitReport;
import dev.strixhalo.doctor.Verdict;
import dev.strixhalo.prepare.Afterwards;
import dev.strixhalo.prepare.Plan;
import dev.strixhalo.prepare.Preparation;
import dev.strixhalo.prepare.PrepareRecord;
import dev.strixhalo.prepare.Reboot;
import dev.strixhalo.prepare.Undo;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Changes the nodes to what doctor wants: packages, the fabric's address and MTU, kernel arguments, limits, groups and more.
 * Shows the plan first and asks; a journal on each node takes it back with -Dstrixhalo.undo. The interface of the SSH
 * connection, sshd and the default route are never touched. A second run changes nothing.
 */
@Mojo(name = "prepare", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class PrepareMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** The values that nodes are brought to, MTU and kernel arguments among them; the same that doctor measures by. */
    @Parameter
    private DoctorConfiguration doctor = new DoctorConfiguration();

    /** What may be changed. */
    @Parameter
    private PrepareConfiguration prepare = new PrepareConfiguration();

    /** Whether to show the plan only, and change nothing. */
    @Parameter(property = "strixhalo.dryRun", defaultValue = "false")
    private boolean dryRun;

    /** Whether the question after the plan is answered with yes. */
    @Parameter(property = "strixhalo.yes", defaultValue = "false")
    private boolean yes;

    /** Whether nodes that need it are rebooted, one at a time. */
    @Parameter(property = "strixhalo.reboot", defaultValue = "false")
    private boolean reboot;

    /** Minutes that a node may take to come back. */
    @Parameter(property = "strixhalo.rebootTimeout", defaultValue = "10")
    private int rebootTimeout;

    /** The run to take back, by the name that it had, or nothing for the last one. */
    @Parameter(property = "strixhalo.undo")
    private @Nullable String undo;

    /** Whether undo takes back, too, what somebody has changed since. */
    @Parameter(property = "strixhalo.force", defaultValue = "false")
    private boolean force;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            if (rebootTimeout < 1 || rebootTimeout > 1440) {
                throw Problem.of("<rebootTimeout> is %d.".formatted(rebootTimeout))
                        .fix("minutes, 1 to 1440")
                        .asException();
            }
            var machines = cluster.toCluster();
            var wishes = prepare.toWishes(doctor.toWanted());
            var person = Person.at(surroundings().interactive());
            var passwords = new SudoPasswords(secrets(), prepare.sudoServer(), person);
            if (undo != null) takeBack(new Undo(force, passwords, progress()), machines, person);
            else prepare(new Preparation(wishes, passwords, Clock.systemUTC(), progress()), machines, person);
        });
    }

    private void prepare(Preparation preparation, Cluster machines, Person person) throws StrixhaloException {
        Plan plan;
        Preparation.Applied applied = null;
        var due = Map.<Node, Set<Afterwards>>of();
        try (var nodes = Nodes.connect(machines, remoteSettings())) {
            plan = preparation.plan(nodes);
            plan.lines().forEach(getLog()::info);
            PrepareRecord.file(records()).write(preparation.record(plan, machines));
            if (dryRun) return;
            if (plan.nothingToDo()) {
                due = preparation.settle(nodes, plan, null);
            } else {
                if (!agreed(person, "Change %s so?".formatted(String.join(" and ", plan.changed())))) return;
                applied = preparation.apply(nodes, plan);
                PrepareRecord.file(records()).write(preparation.record(plan, machines, applied));
            }
        }
        if (applied != null) {
            // Groups and limits belong to a login; these connections are new ones.
            try (var nodes = Nodes.connect(machines, remoteSettings())) {
                due = preparation.settle(nodes, preparation.plan(nodes), applied);
            }
        }
        var rebooted = reboot && rebootWhatIsDue(preparation, machines, due);
        if (applied != null || rebooted) judge(machines, applied, due);
        else getLog().info("nothing to do");
        for (var entry : due.entrySet()) {
            if (entry.getValue().isEmpty()) continue;
            getLog().warn("%s: %s is due%s"
                    .formatted(
                            entry.getKey().name(),
                            entry.getValue().stream().map(Afterwards::words).collect(Collectors.joining(" and ")),
                            entry.getValue().contains(Afterwards.REBOOT)
                                    ? ": mvn strixhalo:prepare -Dstrixhalo.reboot"
                                    : ""));
        }
        demandNoObstacles(plan);
    }

    private boolean rebootWhatIsDue(Preparation preparation, Cluster machines, Map<Node, Set<Afterwards>> due)
            throws StrixhaloException {
        var rebooting = new Reboot(
                preparation,
                alone -> Nodes.connect(alone, remoteSettings()),
                Duration.ofMinutes(rebootTimeout),
                progress());
        boolean any = false;
        for (var entry : due.entrySet()) {
            if (!entry.getValue().contains(Afterwards.REBOOT)) continue;
            try {
                rebooting.of(machines, entry.getKey());
            } catch (StrixhaloException e) {
                throw e.leaving(notRebooted(due, entry.getKey()));
            }
            entry.setValue(Set.of());
            any = true;
        }
        return any;
    }

    /** A node that does not come back keeps the others up: what took it away might take them, too. */
    private static String notRebooted(Map<Node, Set<Afterwards>> due, Node gone) {
        var others = due.entrySet().stream()
                .filter(entry -> entry.getKey() != gone && entry.getValue().contains(Afterwards.REBOOT))
                .map(entry -> entry.getKey().name())
                .collect(Collectors.joining(", "));
        return others.isEmpty()
                ? "the changes are made, and no other node was to be rebooted."
                : "the changes are made; not rebooted: %s.".formatted(others);
    }

    /** Doctor again; what prepare should have healed has to be healed. */
    private void judge(Cluster machines, Preparation.@Nullable Applied applied, Map<Node, Set<Afterwards>> due)
            throws StrixhaloException {
        DoctorReport found;
        try (var nodes = Nodes.attempt(machines, remoteSettings())) {
            found = new Doctor(doctor.toWanted(), Set.of()).examine(nodes, Clock.systemUTC());
        }
        DoctorReport.file(records()).write(found);
        JUnitReport.write(found, records());
        getLog().info("doctor  " + found.counts());
        if (applied == null) return;
        var waiting = new HashMap<String, Set<Afterwards>>();
        due.forEach((node, needs) -> waiting.put(node.name(), needs));
        var healed = applied.healed(machines);
        var problems = found.with(Verdict.FAIL).stream()
                .filter(f -> healed.getOrDefault(f.node(), Set.of()).contains(f.check()))
                .filter(f -> waiting.getOrDefault(f.node(), Set.of()).isEmpty())
                .map(f -> Problem.of("%s still fails after the change that was to heal it.".formatted(f.check()))
                        .on(f.node())
                        .found(f.found())
                        .fix(
                                f.fixes().isEmpty()
                                        ? "mvn strixhalo:doctor tells more"
                                        : f.fixes().get(0)))
                .toList();
        if (!problems.isEmpty()) {
            throw new StrixhaloException(
                    problems, "the changes stay; mvn strixhalo:prepare -Dstrixhalo.undo takes them back.", null);
        }
        for (var finding : found.with(Verdict.FAIL)) {
            getLog().info("fail    %s  %s: %s".formatted(finding.node(), finding.check(), finding.found()));
        }
    }

    private static void demandNoObstacles(Plan plan) throws StrixhaloException {
        if (!plan.obstacles().isEmpty()) throw new StrixhaloException(plan.obstacles(), null, null);
    }

    private void takeBack(Undo taking, Cluster machines, Person person) throws StrixhaloException {
        // -Dstrixhalo.undo alone is "true" to Maven.
        Optional<String> name = undo == null || undo.isBlank() || undo.strip().equals("true")
                ? Optional.empty()
                : Optional.of(undo.strip());
        try (var nodes = Nodes.connect(machines, remoteSettings())) {
            var plan = taking.plan(nodes, name);
            plan.lines().forEach(getLog()::info);
            if (dryRun) return;
            if (plan.nothingToDo()) {
                getLog().info("nothing to take back");
                demandAllBack(plan.kept(), plan.run());
                return;
            }
            plan.demandNoContainers();
            if (!agreed(person, "Take this back on %s?".formatted(String.join(" and ", plan.changed())))) return;
            var done = taking.take(nodes, plan);
            getLog().info(
                            "groups and limits are the old ones from the next login on, the kernel's arguments from the next boot on");
            demandAllBack(done.kept(), plan.run());
        }
    }

    private static void demandAllBack(List<String> kept, String run) throws StrixhaloException {
        if (kept.isEmpty()) return;
        var problem = Problem.of("Not all of run %s is taken back: somebody has changed it since.".formatted(run));
        for (var each : kept) problem = problem.found(each);
        throw problem.fix("see whether that is wanted; if not: -Dstrixhalo.undo=%s -Dstrixhalo.force".formatted(run))
                .asException();
    }

    private boolean agreed(Person person, String question) throws StrixhaloException {
        if (yes || person.agrees(question, "strixhalo.yes")) return true;
        getLog().info("nothing was changed");
        return false;
    }
}
