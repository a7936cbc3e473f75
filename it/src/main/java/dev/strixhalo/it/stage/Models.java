package dev.strixhalo.it.stage;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import java.nio.file.Path;

/** Models that somebody copied to a node long ago. */
public final class Models {
    private Models() {}

    /** Puts a model at {@code ~/models/NAME}. */
    public static void put(Path model, Machine node, String name) throws StrixhaloException {
        var models = node.homeFromHere().resolve("models");
        Program.of("mkdir", "-p", models.toString()).run().orFail();
        Program.of("cp", "-rT", model.toString(), models.resolve(name).toString())
                .run()
                .orFail();
        node.asRoot("chown", "-R", node.user() + ":" + node.user(), node.home() + "/models")
                .orFail();
    }
}
