package dev.strixhalo.plugin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the comments of a configuration class say of its fields. Maven's plugin descriptor knows top-level parameters only, so
 * the sources of these classes travel in the jar and are read when someone asks for help; nothing has to be said twice.
 */
final class ElementDocs {
    private static final Pattern FIELD = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*private (?:@Nullable )?[\\w<>,. ]+? (\\w+)(?: = [^;]*)?;", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("(?m)^\\s*\\* ?");
    private static final Pattern TAG = Pattern.compile("\\{@\\w+ #?((?:[^{}]|\\{[^{}]*})*)}");

    private ElementDocs() {}

    /** The comment of each field that has one, as plain text in one paragraph. */
    static Map<String, String> of(Class<?> configuration) {
        var docs = new HashMap<String, String>();
        var fields = FIELD.matcher(source(configuration));
        while (fields.find()) {
            var text = MARGIN.matcher(fields.group(1)).replaceAll("");
            docs.put(fields.group(2), TAG.matcher(text).replaceAll("$1").strip().replaceAll("\\s+", " "));
        }
        return docs;
    }

    private static String source(Class<?> configuration) {
        var name = "/META-INF/strixhalo/" + configuration.getSimpleName() + ".java";
        try (var source = ElementDocs.class.getResourceAsStream(name)) {
            if (source == null) throw new IllegalStateException(name + " is missing in the plugin's jar");
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " in the plugin's jar", e);
        }
    }
}
