package dev.strixhalo.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What earlier work may have left on a node.
 *
 * @param ports      that somebody listens on
 * @param processes  of Ray and vLLM
 * @param gpuUsers   processes that have the GPU open
 * @param segments   of shared memory that no process uses, by their names
 * @param launched   whether something was launched in the cluster's container, by its own record
 * @param emptyCache files without content in the cache of the GPU's compiler (comgr)
 */
public record LeftOvers(
        Reading<List<Listener>> ports,
        Reading<List<Process>> processes,
        Reading<List<GpuUser>> gpuUsers,
        Reading<List<String>> segments,
        boolean launched,
        Reading<Integer> emptyCache) {
    private static final Pattern USER = Pattern.compile("\\(\"([^\"]*)\",pid=(\\d{1,9})");

    /**
     * Somebody who listens.
     *
     * @param port of TCP
     * @param who  name and PID, as {@code raylet (4711)}; empty where it is another user's
     * @param pid  its process; 0 where it is another user's
     */
    public record Listener(int port, String who, int pid) {}

    /**
     * A process.
     *
     * @param pid  on the node
     * @param user that it belongs to
     * @param ours whether it runs in the container of the cluster
     * @param name of its program
     */
    public record Process(int pid, String user, boolean ours, String name) {
        @Override
        public String toString() {
            return "%s (%d, %s)".formatted(name, pid, user);
        }
    }

    /**
     * A process that has the GPU open.
     *
     * @param process itself
     * @param bytes   of the GPU's own memory that it holds
     */
    public record GpuUser(Process process, long bytes) {}

    static LeftOvers parse(LookOutput output) {
        return new LeftOvers(
                output.reading("ports", "ss -Hltnp", a -> listeners(a.lines())),
                output.reading("processes", "ps", a -> Reading.of(processes(a.lines()))),
                output.reading("gpu-users", "the users of the GPU", a -> Reading.of(gpuUsers(a.lines()))),
                output.reading("shm", "find /dev/shm", a -> segments(a.lines(), output)),
                output.find("launch").isPresent(),
                output.reading(
                        "comgr", "find", a -> Reading.of((int) a.text().lines().count())));
    }

    /** Columns of ss(8): state, queues, local address with port, peer, and the processes of one's own. */
    private static Reading<List<Listener>> listeners(List<String> lines) {
        var found = new LinkedHashSet<Listener>();
        for (var line : lines) {
            var words = line.strip().split("\\s+");
            if (words.length < 5 || !words[0].equals("LISTEN")) continue;
            var port = words[3].substring(words[3].lastIndexOf(':') + 1);
            if (!port.matches("\\d{1,5}")) continue;
            var user = USER.matcher(line);
            found.add(
                    user.find()
                            ? new Listener(
                                    Integer.parseInt(port),
                                    "%s (%s)".formatted(user.group(1), user.group(2)),
                                    Integer.parseInt(user.group(2)))
                            : new Listener(Integer.parseInt(port), "", 0));
        }
        // Somebody always listens, if only sshd; where nothing came the columns are others.
        return found.isEmpty() && lines.stream().anyMatch(l -> !l.isBlank())
                ? Reading.absent("'ss' printed no table of listeners")
                : Reading.of(List.copyOf(found));
    }

    /** {@code 4711 strix foreign raylet}. */
    private static List<Process> processes(List<String> lines) {
        var found = new ArrayList<Process>();
        for (var line : lines) {
            var words = line.strip().split(" ", 4);
            if (words.length == 4 && words[0].matches("\\d{1,9}")) {
                found.add(new Process(Integer.parseInt(words[0]), words[1], words[2].equals("ours"), words[3]));
            }
        }
        return List.copyOf(found);
    }

    /** {@code 4711 strix foreign 1048576 python3}. */
    private static List<GpuUser> gpuUsers(List<String> lines) {
        var found = new ArrayList<GpuUser>();
        for (var line : lines) {
            var words = line.strip().split(" ", 5);
            if (words.length == 5 && words[0].matches("\\d{1,9}") && words[3].matches("\\d{1,18}")) {
                found.add(new GpuUser(
                        new Process(Integer.parseInt(words[0]), words[1], words[2].equals("ours"), words[4]),
                        Long.parseLong(words[3])));
            }
        }
        return List.copyOf(found);
    }

    private static Reading<List<String>> segments(List<String> lines, LookOutput output) {
        var there = new TreeSet<String>();
        for (var line : lines) {
            var words = line.strip().split(" ");
            if (words.length == 2) there.add(words[0]);
        }
        var used = output.find("shm-used").filter(LookOutput.Answer::succeeded);
        if (!there.isEmpty() && used.isEmpty()) return Reading.absent("who uses /dev/shm was not told in time");
        used.ifPresent(answer -> answer.lines().forEach(line -> there.remove(line.strip())));
        return Reading.of(List.copyOf(there));
    }
}
