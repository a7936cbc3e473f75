package dev.strixhalo.plugin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a goal with every kind of field, for tests of what fills them. */
final class Parameters {
    ClusterConfiguration cluster = new ClusterConfiguration();
    int port;
    boolean force;
    double share;

    @Nullable
    Colour colour;

    @Nullable
    List<String> arguments;

    @Nullable
    Map<String, String> environment;

    enum Colour {
        red,
        green
    }

    static Shape.Fields shape() {
        var elements = new java.util.LinkedHashMap<String, Shape>();
        for (var field : Parameters.class.getDeclaredFields()) {
            if (!field.isSynthetic()) elements.put(field.getName(), Shape.of(field));
        }
        return new Shape.Fields(elements);
    }
}
