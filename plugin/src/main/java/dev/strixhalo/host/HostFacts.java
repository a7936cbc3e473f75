package dev.strixhalo.host;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that doctor knows of a node. Each fact stands alone: what could not be read has a reason instead of a value, and costs
 * no other fact.
 *
 * @param clockAhead     seconds that the node's clock is ahead of ours, to about a second
 * @param os             the distribution
 * @param kernel         {@code uname -r}
 * @param arguments      of the running kernel ({@code /proc/cmdline})
 * @param packages       names and versions of packages with firmware that are installed
 * @param programs       whether each program is in the user's PATH, or in sbin
 * @param memory         bytes of RAM that the kernel has
 * @param swaps          devices and files that memory is swapped to
 * @param gpu            its memory
 * @param gpuTargets     GPUs that ROCm can use, {@code gfx1151}
 * @param limits         of a new login
 * @param services       states of units, {@code active}, {@code inactive} …
 * @param suspend        whether {@code suspend.target} is {@code masked}
 * @param logind         what logind does when a user's last session ends
 * @param login          who logs in, and what the login may do
 * @param interfaces     of the network
 * @param nic            behind the fabric address
 * @param rdma           ports of verbs devices
 * @param defaultRoutes  ways to everywhere
 * @param routes         to the other nodes' fabric addresses
 * @param paths          pings to the other nodes' fabric addresses
 * @param foreign        names of variables of NCCL and Ray that every login has
 * @param devices        those that were asked for
 * @param podman         and what it holds; an absent podman is a reading without a value
 * @param weightsFree    bytes free where Hugging Face keeps weights
 * @param weightsDisk    what they lie on
 * @param graphDisk      what podman's images and containers lie on
 * @param pending        what is set and may not be in force yet
 * @param subordinates   ranges of subordinate IDs of all users
 * @param tasks          most processes and threads that systemd allows all of the user's sessions
 * @param keeper         who gives the fabric address at the next boot
 * @param reach          high ports of the other nodes
 * @param logins         what came of logging in to the other nodes' fabric addresses; the reason is SSH's own
 * @param sshd           settings of the SSH server
 * @param selinux        its mode
 * @param inside         the container of the cluster, if one runs
 * @param environment    of that container: SHA-256 of each variable's value, but for the node's own names and addresses
 * @param models         that its launches can load without the hub
 * @param leftOvers      of earlier work
 */
public record HostFacts(
        Reading<Long> clockAhead,
        Reading<OsRelease> os,
        Reading<String> kernel,
        Reading<List<String>> arguments,
        Reading<Map<String, String>> packages,
        Map<String, Boolean> programs,
        Reading<Long> memory,
        Reading<List<String>> swaps,
        Reading<Gpu> gpu,
        Reading<List<String>> gpuTargets,
        Reading<Limits> limits,
        Reading<Map<String, String>> services,
        Reading<String> suspend,
        Reading<Logind> logind,
        Reading<Login> login,
        Reading<List<NetworkInterface>> interfaces,
        Reading<Nic> nic,
        Reading<List<RdmaPort>> rdma,
        Reading<List<Route>> defaultRoutes,
        Map<String, Reading<Route>> routes,
        Map<String, Reading<PathProbe>> paths,
        Reading<List<String>> foreign,
        Reading<List<DeviceAccess>> devices,
        Reading<Podman> podman,
        Reading<Long> weightsFree,
        Reading<WeightsDisk> weightsDisk,
        Reading<FileSystem> graphDisk,
        Pending pending,
        Reading<Subordinates> subordinates,
        Reading<Long> tasks,
        Reading<Keeper> keeper,
        Reading<Reach> reach,
        Map<String, Reading<SshTry>> logins,
        Reading<Sshd> sshd,
        Reading<SeLinux> selinux,
        Reading<Inside> inside,
        Reading<Map<String, String>> environment,
        Reading<Models> models,
        LeftOvers leftOvers) {
    /** Short, so that a hanging tool does not hold up the verdict on all else. */
    private static final Duration PROBE_TIME = Duration.ofSeconds(10);

    /** Where the nodes meet: above the ports that the system gives away itself (32768 to 60999), and nobody's. */
    private static final int MEETING_PORT = 61379;

    /**
     * From when both ends are there; one whose port refuses is waited for three times as long, since logins of slow nodes do
     * not begin at the same moment. The meeting ends earlier when all have met.
     */
    private static final Duration MEETING = Duration.ofSeconds(3);

    public HostFacts {
        programs = Map.copyOf(programs);
        routes = Map.copyOf(routes);
        paths = Map.copyOf(paths);
        logins = Map.copyOf(logins);
    }

    /**
     * Who logs in.
     *
     * @param user   login name
     * @param groups that this login has
     * @param lan    the address that our SSH session came in by; empty without SSH
     * @param linger whether the user's processes outlive the login
     * @param subuid how many subordinate user IDs
     * @param subgid how many subordinate group IDs
     */
    public record Login(
            String user, List<String> groups, String lan, NodeFacts.Linger linger, long subuid, long subgid) {}

    /**
     * What logind does when a user's last session ends.
     *
     * @param killsProcesses {@code KillUserProcesses}
     * @param removesIpc     {@code RemoveIPC}, which wipes shared memory
     */
    public record Logind(boolean killsProcesses, boolean removesIpc) {}

    /**
     * What came of logging in to another node.
     *
     * @param in   whether the login succeeded
     * @param said ssh's own words where it did not
     */
    public record SshTry(boolean in, String said) {}

    /** What came of logging in to another node's fabric address. */
    public Reading<SshTry> loginTo(String peer) {
        return logins.getOrDefault(peer, Reading.absent("no login to " + peer + " was tried"));
    }

    /** The interface that carries an address. */
    public Optional<NetworkInterface> carrier(String address) {
        return interfaces
                .find()
                .flatMap(all ->
                        all.stream().filter(each -> each.carries(address)).findFirst());
    }

    /** The way to another node's fabric address. */
    public Reading<Route> routeTo(String peer) {
        return routes.getOrDefault(peer, Reading.absent("the way to " + peer + " was not asked for"));
    }

    /** What came of pings to another node's fabric address. */
    public Reading<PathProbe> pathTo(String peer) {
        return paths.getOrDefault(peer, Reading.absent(peer + " was not pinged"));
    }

    /**
     * Looks at a node: one round trip, nothing is changed.
     *
     * @param cluster whose containers are looked for
     * @param peers   fabric addresses of the other nodes
     * @param devices paths to try
     * @param clock   ours, to compare the node's with
     * @throws StrixhaloException when the node cannot be asked at all
     */
    public static HostFacts look(
            NodeConnection connection, String cluster, List<String> peers, List<String> devices, Clock clock)
            throws StrixhaloException {
        var own = connection.node().fabric().address();
        var parameters = List.of(
                own,
                String.join(",", peers),
                String.valueOf(MEETING_PORT),
                String.valueOf(MEETING.toSeconds()),
                cluster);
        var pieces = List.of("neighbours.sh", "rdma.sh", "host.sh", "pending.sh", "look.sh", "leftovers.sh");
        var command = LookScript.command(PROBE_TIME, pieces, parameters, devices)
                .called("doctor's look at the node")
                .timeout(Duration.ofMinutes(5));
        var asked = clock.instant().getEpochSecond();
        return parse(connection.run(command).orFail().out(), own, peers, asked);
    }

    static HostFacts parse(List<String> lines, String own, List<String> peers, long asked) {
        var output = LookOutput.parse(lines, PROBE_TIME);
        var routes = new LinkedHashMap<String, Reading<Route>>();
        var paths = new LinkedHashMap<String, Reading<PathProbe>>();
        var logins = new LinkedHashMap<String, Reading<SshTry>>();
        for (var peer : peers) {
            logins.put(peer, output.whatever("ssh-" + peer, "ssh " + peer, Answers::ssh));
            routes.put(
                    peer,
                    output.reading(
                            "route-" + peer,
                            "ip -j route get " + peer,
                            answer -> Answers.first(Route.parse(answer), "'ip route get' named no route")));
            paths.put(peer, output.whatever("ping-" + peer, "ping " + peer, PathProbe::parse));
        }
        return new HostFacts(
                output.reading("began", "date", a -> Answers.number(a.text()).map(seconds -> seconds - asked)),
                output.reading("os-release", "cat /etc/os-release", OsRelease::parse),
                output.reading("kernel", "uname -r", Answers::text),
                output.reading(
                        "arguments", "cat /proc/cmdline", a -> Answers.text(a).map(t -> List.of(t.split("\\s+")))),
                output.whatever("packages", "the package manager", Answers::packages),
                Answers.programs(output),
                output.reading("meminfo", "grep MemTotal /proc/meminfo", Answers::memory),
                output.reading("swaps", "cat /proc/swaps", Answers::swaps),
                output.whatever("gpu", "the GPU in sysfs", Gpu::parse),
                output.whatever("gfx", "the GPU in sysfs", Gpu::targets),
                output.reading("limits", "cat /proc/self/limits", Limits::parse),
                output.whatever("services", "systemctl is-active", Answers::services),
                output.whatever("suspend", "systemctl is-enabled suspend.target", Answers::text),
                output.reading("logind", "busctl get-property org.freedesktop.login1", Answers::logind),
                output.reading("user", "id", a -> Answers.text(a).map(user -> Answers.login(user, output))),
                output.reading("addresses", "ip -j addr", a -> Reading.of(NetworkInterface.parse(a.text()))),
                Nic.parse(output),
                RdmaPort.parse(output),
                output.reading("defaults", "ip -j route show default", Route::parse),
                routes,
                paths,
                output.reading("login", "a login shell", a -> Reading.of(Answers.words(a))),
                output.reading("devices", "the devices", a -> Reading.of(DeviceAccess.parse(a.lines()))),
                output.reading(
                        "podman",
                        "podman --version",
                        a -> a.text().equals("absent")
                                ? Reading.absent("'podman' is not installed")
                                : Reading.of(Podman.parse(output))),
                output.reading("weights", "df", Answers::free),
                WeightsDisk.parse(output),
                output.reading("graph-disk", "df -PkT", FileSystem::parse),
                Pending.parse(output),
                Subordinates.parse(output),
                output.whatever("tasks", "the cgroups of the user", a -> Answers.tasks(a.lines())),
                Keeper.parse(output, own),
                Reach.parse(output),
                logins,
                Sshd.parse(output),
                SeLinux.parse(output),
                Inside.parse(output),
                Answers.environment(output),
                Models.parse(output),
                LeftOvers.parse(output));
    }
}
