package dev.strixhalo.image;

import java.nio.file.Path;
import java.util.Date;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a layer's tar in which nothing comes from the file system of this machine but the bytes: neither owner nor
 * names nor times. Jib's tar stream asks an entry for its file; an entry that was made from a file, as Jib makes them,
 * would know too much, and one that is a link would be taken for a file without bytes.
 */
final class LayerEntry extends TarArchiveEntry {
    /** One second after the epoch, as Jib stamps files: some programs take 0 for "no time". */
    private static final Date MODIFIED = new Date(1000);

    private final @Nullable Path source;

    private LayerEntry(String name, byte type, int mode, @Nullable Path source) {
        super(name, type, true);
        this.source = source;
        setMode(mode);
        setModTime(MODIFIED);
        setIds(0, 0);
        setNames("", "");
    }

    static LayerEntry of(LayerItem item) {
        var name = item.path().substring(1);
        if (item instanceof LayerItem.Regular file) {
            var entry = new LayerEntry(name, TarConstants.LF_NORMAL, 0100000 | file.mode(), file.source());
            entry.setSize(file.size());
            return entry;
        }
        if (item instanceof LayerItem.Directory directory) {
            var entry = new LayerEntry(name + "/", TarConstants.LF_DIR, 040000 | directory.mode(), null);
            entry.setIds(directory.user(), directory.group());
            return entry;
        }
        if (item instanceof LayerItem.Symlink link) {
            var entry = new LayerEntry(name, TarConstants.LF_SYMLINK, 0120777, null);
            entry.setLinkName(link.target());
            return entry;
        }
        var link = (LayerItem.HardLink) item;
        var entry = new LayerEntry(name, TarConstants.LF_LINK, 0100000 | link.mode(), null);
        entry.setLinkName(link.target().substring(1));
        return entry;
    }

    @Override
    public boolean isFile() {
        return source != null;
    }

    @Override
    public @Nullable Path getPath() {
        return source;
    }
}
