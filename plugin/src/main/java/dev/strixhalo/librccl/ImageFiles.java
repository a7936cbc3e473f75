package dev.strixhalo.librccl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.FileTree;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The files of an image where that image is: a throw-away container of it, without network and read only, hands out the bytes
 * that are asked for. So a library of hundreds of megabytes is looked into by reading some hundred kilobytes of it.
 */
public final class ImageFiles implements FileTree, AutoCloseable {
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final int LONGEST_ANSWER = 64 << 20;
    private static final int NO_SUCH_FILE = 2;

    private final Conversation conversation;
    private final DataInputStream answers;

    private ImageFiles(Conversation conversation) {
        this.conversation = conversation;
        this.answers = new DataInputStream(new BufferedInputStream(conversation.out(), 1 << 16));
    }

    /**
     * Starts the container.
     *
     * @param connection to a machine whose podman has the image
     * @param imageId    {@code sha256:…}
     * @throws StrixhaloException when it does not run there, or has no Python
     */
    public static ImageFiles open(NodeConnection connection, String imageId) throws StrixhaloException {
        var command = RemoteCommand.of(
                        "podman",
                        "run",
                        "--rm",
                        "--interactive",
                        "--pull=never",
                        "--network=none",
                        "--read-only",
                        "--timeout=" + LIFE.plusSeconds(10).toSeconds(),
                        "--entrypoint=python3",
                        imageId,
                        "-c",
                        script())
                .called("looking into image " + imageId)
                .timeout(LIFE);
        var conversation = connection.talk(command);
        try {
            var files = new ImageFiles(conversation);
            if (files.next().path("ready").asBoolean()) return files;
            throw new IOException("it does not say that it is ready");
        } catch (IOException e) {
            var failure = conversation.broken(e);
            conversation.close();
            throw failure;
        }
    }

    /** What {@code base-files.py} finds of RCCL. */
    JsonNode survey() throws StrixhaloException {
        try {
            return ask(request("survey"));
        } catch (IOException e) {
            throw conversation.broken(e);
        }
    }

    /** The checksum of a file, made where it is. */
    public String sha256(String path) throws IOException {
        return ask(request("sha256").put("path", path)).path("sha256").asText();
    }

    @Override
    public Bytes open(String path) throws IOException {
        long size = ask(request("size").put("path", path)).path("size").asLong();
        return new Bytes() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public int read(long offset, ByteBuffer into) throws IOException {
                var found = ask(
                        request("read").put("path", path).put("offset", offset).put("length", into.remaining()));
                int count = found.path("bytes").asInt();
                if (count > into.remaining()) throw new IOException("more bytes than were asked for");
                var bytes = new byte[count];
                answers.readFully(bytes);
                into.put(bytes);
                return count;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<String> names(String folder) throws IOException {
        var names = new ArrayList<String>();
        ask(request("names").put("path", folder)).path("names").forEach(name -> names.add(name.asText()));
        return names;
    }

    @Override
    public String real(String path) throws IOException {
        return ask(request("real").put("path", path)).path("path").asText();
    }

    @Override
    public void close() {
        conversation.close();
    }

    /** Of an I/O error that ended the conversation: a failure with what the container said last. */
    public StrixhaloException broken(IOException cause) {
        return conversation.broken(cause);
    }

    private static ObjectNode request(String what) {
        return RecordFile.json().createObjectNode().put("do", what);
    }

    private JsonNode ask(ObjectNode request) throws IOException {
        conversation.in().write((request + "\n").getBytes(StandardCharsets.UTF_8));
        conversation.in().flush();
        var answer = next();
        if (!answer.has("error")) return answer;
        var path = request.path("path").asText();
        if (answer.path("errno").asInt() == NO_SUCH_FILE) throw new NoSuchFileException(path);
        throw new IOException(path + ": " + answer.path("error").asText());
    }

    private JsonNode next() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = answers.read(); c != '\n'; c = answers.read()) {
            if (c < 0) throw new IOException("the container ended");
            if (line.size() == LONGEST_ANSWER) throw new IOException("an answer without an end");
            line.write(c);
        }
        return RecordFile.json().readTree(line.toByteArray());
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(ImageFiles.class.getResourceAsStream("base-files.py"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether podman on a machine has an image. */
    static boolean there(NodeConnection connection, String imageId) throws StrixhaloException {
        return connection
                .run(RemoteCommand.of("podman", "image", "exists", imageId))
                .succeeded();
    }

    /** A file that is not what it says it is, found while it was looked into. */
    static StrixhaloException damaged(String path, Exception e) {
        return Problem.of("A library of the base image cannot be understood.")
                .found(path + ": " + e.getMessage())
                .fix("take another base image, or give the library yourself: <rccl><file>")
                .asException(e);
    }
}
