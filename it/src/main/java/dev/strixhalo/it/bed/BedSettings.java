package dev.strixhalo.it.bed;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bed shall be.
 *
 * @param folder where beds keep what they have on disk, for example {@code ~/.cache/strixhalo-bed/state}; a bed makes a
 *     folder in it and removes that when it ends
 * @param id     name of the bed and of its folder
 * @param nodes  how many nodes it has, 1 to 9
 * @param disks  of the virtual machines that its nodes are; null when they are namespaces
 * @param shares folders of this machine that the bed's machines may read
 */
public record BedSettings(
        Path folder, String id, int nodes, @Nullable VmDisks disks, List<Share> shares) {
    /** The bed that {@code it/rehearse --keep} leaves up. */
    public static final String DEFAULT_ID = "bed";

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    public BedSettings {
        folder = folder.toAbsolutePath();
        shares = List.copyOf(shares);
        if (!ID.matcher(id).matches()) throw new IllegalArgumentException("bed id '" + id + "', allowed: " + ID);
        if (nodes < 1 || nodes > 9) throw new IllegalArgumentException(nodes + " nodes, allowed: 1 to 9");
        if (folder.toString().chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("the folder of beds holds white space: '" + folder + "'");
        }
    }

    /** Two nodes, the default id, below a user's cache folder. */
    public static BedSettings in(Path cache) {
        return new BedSettings(cache.resolve("state"), DEFAULT_ID, 2, null, List.of());
    }

    public BedSettings share(String machine, Path source, String target) {
        var all = new java.util.ArrayList<>(shares);
        all.add(new Share(machine, source, target));
        return new BedSettings(folder, id, nodes, disks, all);
    }

    /** The same with virtual machines as nodes. */
    public BedSettings virtual(VmDisks newDisks) {
        return new BedSettings(folder, id, nodes, newDisks, shares);
    }

    /** The bed's own folder. */
    Path state() {
        return folder.resolve(id);
    }

    /**
     * A folder of this machine that one of the bed's machines sees, to read only.
     *
     * @param machine name of the bed's machine
     * @param source  folder here
     * @param target  where it is there
     */
    public record Share(String machine, Path source, String target) {
        public Share {
            source = source.toAbsolutePath();
            if ((source + target).chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException("a shared folder holds white space: '" + source + "'");
            }
        }
    }
}
