package dev.strixhalo.registry;

import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.Fetch;
import dev.strixhalo.store.HashingOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.HttpsURLConnection;

/**
 * Two GiB through everything that holds bytes: upstream, read-along file, TLS, client; and out of the store. Run in a JVM
 * of its own with a small heap. Argument: a folder with 2 GiB of room.
 */
final class LargeBlob {
    private static final long SIZE = 2L << 30;
    /** {@code head -c 2147483648 /dev/zero | sha256sum}. */
    private static final Digest ZEROS =
            Digest.ofHex("a7c744c13cc101ed66c29f672f92455547889cc586ce6d44fe76ae824958ea51");

    private LargeBlob() {}

    public static void main(String[] arguments) throws Exception {
        try (var store = ContentStore.open(Path.of(arguments[0]))) {
            var fetch = new Fetch(store, ZEROS, SIZE, LargeBlob::zeros, Fetch.Keep.WHILE_OPEN);
            try (fetch;
                    var bed = RegistryBed.serving(RegistryContent.of("large").withBlob(fetch))) {
                download(bed);
            }
            Files.createDirectories(store.path(ZEROS).getParent());
            try (var sparse = new RandomAccessFile(store.path(ZEROS).toFile(), "rw")) {
                sparse.setLength(SIZE);
            }
            try (var bed = RegistryBed.serving(RegistryContent.of("large").withBlob(store, ZEROS))) {
                download(bed);
            }
        }
        System.out.println("passed under " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    }

    private static void zeros(OutputStream out) throws java.io.IOException {
        var buffer = new byte[1 << 16];
        for (long left = SIZE; left > 0; left -= buffer.length) out.write(buffer);
    }

    private static void download(RegistryBed bed) throws Exception {
        var url = URI.create("https://127.0.0.1:" + bed.registry.port() + "/v2/large/blobs/" + ZEROS)
                .toURL();
        var connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(
                RegistryBed.trusting(bed.registry.certificatePem()).getSocketFactory());
        connection.setRequestProperty("Authorization", bed.basic("node1"));
        connection.setReadTimeout(60_000);
        var counted = new HashingOutputStream(OutputStream.nullOutputStream());
        try (InputStream in = connection.getInputStream()) {
            in.transferTo(counted);
        }
        if (counted.count() != SIZE || !counted.digest().equals(ZEROS)) {
            throw new AssertionError("came: " + counted.count() + " bytes, " + counted.digest());
        }
    }
}
