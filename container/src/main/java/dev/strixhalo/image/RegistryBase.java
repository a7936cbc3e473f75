package dev.strixhalo.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A base in a registry: read are at most its index, manifest and configuration, and of these only what the store lacks. */
final class RegistryBase implements OpenBase {
    private final Upstream upstream;
    private final ContentStore store;
    private final List<Digest> kept = new ArrayList<>();
    private final BaseImage image;

    private RegistryBase(Upstream upstream, ContentStore store) throws StrixhaloException {
        this.upstream = upstream;
        this.store = store;
        this.image = read();
    }

    static RegistryBase open(
            RegistryReference reference, Credentials credentials, ContentStore store, Consumer<String> warnings)
            throws StrixhaloException {
        var upstream = Upstream.open(reference, credentials, warnings);
        try {
            return new RegistryBase(upstream, store);
        } catch (StrixhaloException | RuntimeException e) {
            upstream.close();
            throw e;
        }
    }

    @Override
    public BaseImage image() {
        return image;
    }

    @Override
    public BaseTree tree() {
        return BaseTree.standard();
    }

    @Override
    public void blob(Descriptor blob, OutputStream to, LongConsumer progress) throws StrixhaloException {
        upstream.blob(blob, to, progress);
    }

    @Override
    public void close() {
        upstream.close();
    }

    private BaseImage read() throws StrixhaloException {
        var reference = upstream.reference();
        var digest = upstream.digest();
        byte[] bytes;
        if (digest.isPresent()) {
            bytes = manifest(digest.get());
        } else {
            bytes = upstream.manifest();
            keep(bytes);
        }
        var tree = Manifest.tree(bytes, reference.text());
        var mediaType = Manifest.mediaType(tree);
        if (mediaType.equals(Manifest.OCI_INDEX) || mediaType.equals(Manifest.DOCKER_LIST)) {
            bytes = manifest(pick(tree));
            tree = Manifest.tree(bytes, reference.text());
        }
        var config = Manifest.of(tree, reference.text()).config();
        var configBytes = store.has(config.digest()) ? store.bytes(config.digest()) : fetch(config);
        kept.add(config.digest());
        return new BaseImage(reference, Digest.of(bytes), bytes, configBytes, kept);
    }

    private byte[] manifest(Digest digest) throws StrixhaloException {
        if (store.has(digest)) {
            kept.add(digest);
            return store.bytes(digest);
        }
        var bytes = upstream.manifest(digest);
        keep(bytes);
        return bytes;
    }

    private byte[] fetch(Descriptor config) throws StrixhaloException {
        var bytes = upstream.bytes(config);
        store.put(bytes);
        return bytes;
    }

    private void keep(byte[] bytes) throws StrixhaloException {
        kept.add(store.put(bytes));
    }

    private Digest pick(JsonNode index) throws StrixhaloException {
        var offered = new ArrayList<String>();
        for (var entry : index.path("manifests")) {
            var platform = entry.path("platform");
            var name = platform.path("os").asText("?") + "/"
                    + platform.path("architecture").asText("?");
            if (name.equals("linux/amd64"))
                return Manifest.descriptor(entry, upstream.reference().text()).digest();
            offered.add(name);
        }
        throw Problem.of("The base image is not there for linux/amd64, which Strix Halo is.")
                .found("%s is there for %s".formatted(upstream.reference().text(), String.join(", ", offered)))
                .fix("use a tag that was built for linux/amd64")
                .asException();
    }
}
