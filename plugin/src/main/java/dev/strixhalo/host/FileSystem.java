package dev.strixhalo.host;

/**
 * A file system.
 *
 * @param type {@code ext4}, {@code btrfs}, {@code tmpfs}, {@code nfs4} …
 * @param free bytes
 */
public record FileSystem(String type, long free) {
    /** Whether it lies in memory, or on another machine. */
    public boolean volatileOrRemote() {
        return type.matches("tmpfs|ramfs") || remote();
    }

    /** Whether it lies on another machine. */
    public boolean remote() {
        return type.matches("nfs4?|cifs|smb3?|9p|afs|ceph|glusterfs|fuse\\.(sshfs|glusterfs|ceph.*)|virtiofs");
    }

    /** {@code df -PkT}: a header, then device, type, 1024-blocks, used, available, capacity, mount point. */
    static Reading<FileSystem> parse(LookOutput.Answer answer) {
        for (var line : answer.lines()) {
            var parts = line.strip().split("\\s+");
            if (parts.length >= 7 && parts[4].matches("\\d{1,15}")) {
                return Reading.of(new FileSystem(parts[1], Long.parseLong(parts[4]) * 1024));
            }
        }
        return Reading.absent("'df -PkT' printed no table");
    }
}
