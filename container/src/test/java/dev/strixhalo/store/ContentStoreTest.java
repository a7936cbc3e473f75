package dev.strixhalo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContentStoreTest {
    @TempDir
    Path temp;

    private ContentStore store;

    @BeforeEach
    void open() throws StrixhaloException {
        store = ContentStore.open(temp.resolve("a cache/with ümlauts/store"));
    }

    @AfterEach
    void close() throws StrixhaloException {
        store.close();
    }

    @Test
    void givesBackWhatWasPutInByItsDigest() throws Exception {
        var bytes = random(300_000);

        var digest = store.put(new ByteArrayInputStream(bytes), null, -1);

        assertThat(digest).isEqualTo(Digest.of(bytes));
        assertThat(store.has(digest)).isTrue();
        assertThat(store.size(digest)).isEqualTo(300_000);
        assertThat(store.bytes(digest)).isEqualTo(bytes);
        assertThat(Files.readAllBytes(store.folder().resolve("blobs/sha256").resolve(digest.hex())))
                .isEqualTo(bytes);
        try (var rest = store.openAt(digest, 299_990)) {
            assertThat(rest.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 299_990, 300_000));
        }
    }

    @Test
    void holdsTheEmptyBlob() throws Exception {
        var digest = store.put(new byte[0]);

        assertThat(store.bytes(digest)).isEmpty();
    }

    @Test
    void refusesBytesOfAnotherDigest() throws Exception {
        var expected = Digest.of(text("right"));

        assertThatThrownBy(() -> store.put(new ByteArrayInputStream(text("wrong")), expected, -1))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("not what it should be")
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .anyMatch(l -> l.contains(expected.value()))
                        .anyMatch(l -> l.contains(Digest.of(text("wrong")).value())));
        assertThat(store.has(expected)).isFalse();
        assertThat(blobs()).isZero();
        assertThat(partials()).isZero();
    }

    @Test
    void refusesTooManyBytesBeforeItHasReadThemAll() {
        var endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }
        };

        assertThatThrownBy(() -> store.put(endless, null, 100_000))
                .isInstanceOf(StrixhaloException.class)
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .anyMatch(l -> l.contains("more than 100000 bytes")));
    }

    @Test
    void refusesTooFewBytes() throws Exception {
        assertThatThrownBy(() -> store.put(new ByteArrayInputStream(text("short")), null, 6))
                .isInstanceOf(StrixhaloException.class)
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .anyMatch(l -> l.contains("5 bytes")));
        assertThat(blobs()).isZero();
    }

    @Test
    void isAsBeforeWhenTheSourceBreaks() throws Exception {
        var broken = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) throw new IOException("the line went dead");
                return 7;
            }
        };

        assertThatThrownBy(() -> store.put(broken, null, -1))
                .isInstanceOf(IOException.class)
                .hasMessage("the line went dead");
        assertThat(blobs()).isZero();
        assertThat(partials()).isZero();
    }

    @Test
    void findsADamagedBlobBeforeItsLastByteAndHealsWhenItIsPutAgain() throws Exception {
        var bytes = random(200_000);
        var digest = store.put(bytes);
        var rotten = bytes.clone();
        rotten[100] ^= 1;
        Files.write(store.path(digest), rotten);

        try (var in = store.open(digest)) {
            assertThatThrownBy(() -> in.readNBytes(bytes.length))
                    .isInstanceOf(DamagedBlobException.class)
                    .hasMessageContaining("no longer fit")
                    .satisfies(e -> assertThat(
                                    ((DamagedBlobException) e).problem().fixes().get(0))
                            .contains("strixhalo:build-image"));
            assertThatThrownBy(in::read).isInstanceOf(DamagedBlobException.class);
        }
        assertThat(store.has(digest)).isFalse();

        store.put(bytes);
        assertThat(store.bytes(digest)).isEqualTo(bytes);
    }

    @Test
    void findsATruncatedAndAnEmptiedBlob() throws Exception {
        var digest = store.put(random(70_000));
        Files.write(store.path(digest), new byte[10]);
        assertThatThrownBy(() -> store.bytes(digest))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("damaged");

        var other = store.put(random(80_000));
        Files.write(store.path(other), new byte[0]);
        assertThatThrownBy(() -> store.open(other))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("damaged");
        assertThat(blobs()).isZero();
    }

    @Test
    void leavesAHealthyBlobThatTookThePlaceOfADamagedOne() throws Exception {
        var bytes = random(1000);
        var digest = store.put(bytes);
        Files.write(store.path(digest), new byte[1000]);

        try (var in = store.open(digest)) {
            store.put(bytes);
            assertThatThrownBy(in::readAllBytes).isInstanceOf(DamagedBlobException.class);
        }
        assertThat(store.bytes(digest)).isEqualTo(bytes);
    }

    @Test
    void namesABlobThatIsNotThere() {
        var digest = Digest.of(text("nowhere"));

        assertThatThrownBy(() -> store.open(digest))
                .isInstanceOf(StrixhaloException.class)
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .anyMatch(l -> l.contains(digest.value())));
        assertThatThrownBy(() -> store.size(digest)).isInstanceOf(StrixhaloException.class);
    }

    @Test
    void leavesAStoreOfANewerVersionAlone() throws Exception {
        var marker = store.folder().resolve("store.json");
        var text = Files.readString(marker);
        assertThat(text).contains("\"schema\" : 1");
        Files.writeString(marker, text.replace("\"schema\" : 1", "\"schema\" : 2"));

        assertThatThrownBy(() -> ContentStore.open(store.folder()))
                .isInstanceOf(StrixhaloException.class)
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .anyMatch(l -> l.contains("newer")));
    }

    @Test
    void saysWhichFolderCannotBeUsed() throws Exception {
        var file = Files.writeString(temp.resolve("file"), "in the way");

        assertThatThrownBy(() -> ContentStore.open(file.resolve("store")))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("cannot be opened")
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).fixes())
                        .anyMatch(l -> l.contains("strixhalo.cache")));
    }

    private long blobs() throws IOException {
        try (var files = Files.list(store.folder().resolve("blobs/sha256"))) {
            return files.count();
        }
    }

    private long partials() throws IOException {
        try (var files = Files.walk(store.folder().resolve("users"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("partial"))
                    .count();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
