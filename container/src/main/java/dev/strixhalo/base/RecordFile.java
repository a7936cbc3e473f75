package dev.strixhalo.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A JSON record on disk: one Java record, its kind and its schema version. Written whole or not at all; a file of another
 * kind or version is refused with what to do, never half understood.
 *
 * @param path    where it lies
 * @param kind    what it is, for example {@code strixhalo.image}
 * @param version of its schema; goes up when an older reader would misread it
 * @param type    the record
 * @param maker   the goal that writes it, for the message when it is missing
 */
public record RecordFile<T extends Record>(Path path, String kind, int version, Class<T> type, String maker) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** The mapper of all our records: ISO times, two spaces, unknown fields are an error. */
    public static ObjectMapper json() {
        return JSON;
    }

    /** What the file says, or nothing when there is none. */
    public Optional<T> readIfPresent() throws StrixhaloException {
        if (!Files.exists(path)) return Optional.empty();
        try {
            return Optional.of(parse(Files.readString(path)));
        } catch (IOException e) {
            throw Problem.of(path + " cannot be read.")
                    .found(String.valueOf(e.getMessage()))
                    .fix("run mvn strixhalo:" + maker + " again")
                    .asException(e);
        }
    }

    /** What the file says; its absence is an error that names the goal that makes it. */
    public T read() throws StrixhaloException {
        var present = readIfPresent();
        if (present.isPresent()) return present.get();
        throw Problem.of("There is no " + path.getFileName() + " yet: strixhalo:" + maker + " has not run here.")
                .found(path + " does not exist")
                .fix("mvn strixhalo:" + maker)
                .asException();
    }

    /** Writes the record beside its place and moves it there, so that a reader sees the old or the new one. */
    public void write(T value) throws StrixhaloException {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            var beside = Files.createTempFile(path.toAbsolutePath().getParent(), "." + path.getFileName(), ".tmp");
            Files.writeString(beside, text(value));
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Problem.of(path + " cannot be written.")
                    .found(e.toString())
                    .fix("make room and the folder writable")
                    .asException(e);
        }
    }

    /** The record as it stands in the file. */
    public String text(T value) {
        ObjectNode node = JSON.createObjectNode();
        node.put("kind", kind);
        node.put("schema", version);
        node.setAll((ObjectNode) JSON.valueToTree(value));
        return node.toPrettyString() + "\n";
    }

    /**
     * Reads a record from its text.
     *
     * @throws StrixhaloException when the text is no JSON, of another kind, or of another version
     */
    public T parse(String text) throws StrixhaloException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw unreadable("it is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!(node instanceof ObjectNode object)) throw unreadable("it is no JSON object", null);
        if (!kind.equals(object.path("kind").asText())) {
            throw unreadable(
                    "its kind is '%s', not '%s'".formatted(object.path("kind").asText(), kind), null);
        }
        int found = object.path("schema").asInt();
        if (found != version) {
            throw unreadable(
                    "its schema is %d, written by %s version of this plugin; this one reads %d"
                            .formatted(found, found > version ? "a newer" : "an older", version),
                    null);
        }
        object.remove("kind");
        object.remove("schema");
        try {
            return JSON.treeToValue(object, type);
        } catch (JsonProcessingException e) {
            throw unreadable(e.getOriginalMessage(), e);
        }
    }

    private StrixhaloException unreadable(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        var problem = Problem.of(path + " cannot be understood.")
                .found(why)
                .fix("run mvn strixhalo:" + maker + " again; it writes the file anew");
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
