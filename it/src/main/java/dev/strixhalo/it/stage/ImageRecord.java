package dev.strixhalo.it.stage;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;

/**
 * What {@code target/strixhalo/image.json} says; read as a stranger would, without our classes.
 *
 * @param imageId {@code sha256:…}
 */
public record ImageRecord(String imageId) {
    public static ImageRecord of(Project project) throws StrixhaloException, IOException {
        var json = new ObjectMapper().readTree(project.read("target/strixhalo/image.json"));
        var id = json.findValue("imageId");
        if (id == null || !id.isTextual()) throw new IOException("no imageId in image.json: " + json);
        return new ImageRecord(id.asText());
    }

    /** As podman prints it. */
    public String hex() {
        return imageId.substring("sha256:".length());
    }

    /** The first characters, as they stand in container names. */
    public String brief() {
        return hex().substring(0, 7);
    }
}
