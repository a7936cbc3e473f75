package dev.strixhalo.rccl.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/** Writes tar archives for tests; names are taken as they are, hostile ones too. */
final class TarWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

    TarWriter file(String name, String text) {
        return file(name, text, 0644);
    }

    TarWriter file(String name, String text, int mode) {
        var content = text.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        entry.setMode(mode);
        return put(entry, content);
    }

    TarWriter folder(String name) {
        return put(new TarArchiveEntry(name + "/", true), new byte[0]);
    }

    TarWriter link(String name, String to) {
        return special(name, to, TarConstants.LF_SYMLINK);
    }

    TarWriter hardLink(String name, String to) {
        return special(name, to, TarConstants.LF_LINK);
    }

    TarWriter device(String name) {
        return special(name, "", TarConstants.LF_CHR);
    }

    TarWriter pipe(String name) {
        return special(name, "", TarConstants.LF_FIFO);
    }

    private TarWriter special(String name, String to, byte kind) {
        var entry = new TarArchiveEntry(name, kind, true);
        entry.setLinkName(to);
        return put(entry, new byte[0]);
    }

    private TarWriter put(TarArchiveEntry entry, byte[] content) {
        try {
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] plain() {
        try {
            tar.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compressed by one of commons-compress' kinds. */
    byte[] packed(String kind) {
        var out = new ByteArrayOutputStream();
        try (var packer = new CompressorStreamFactory().createCompressorOutputStream(kind, out)) {
            packer.write(plain());
        } catch (IOException | CompressorException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }
}
