package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.codehaus.plexus.configuration.DefaultPlexusConfiguration;
import org.codehaus.plexus.configuration.PlexusConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * What the user said after {@code -D}, laid over what stands in the pom. By Maven's own rule the pom would win; users expect
 * the command line to. The name of a property is {@code strixhalo} and the path of the element:
 *
 * <ul>
 *   <li>{@code -Dstrixhalo.until=ray} is {@code <until>};
 *   <li>{@code -Dstrixhalo.cluster.link=tcp} is {@code <link>} in {@code <cluster>};
 *   <li>{@code -Dstrixhalo.cluster.nodes.2.host=10.0.0.12} is {@code <host>} in the second {@code <node>};
 *   <li>{@code -Dstrixhalo.serve.environment.NAME=value} is {@code <NAME>} in {@code <environment>}; the others stay;
 *   <li>{@code -Dstrixhalo.serve.arguments=--a,--b} are all items of a list; a comma in one is written {@code \,}.
 * </ul>
 */
final class UserProperties {
    static final String PREFIX = "strixhalo";

    private static final Pattern COMMA = Pattern.compile("(?<!\\\\),");
    private static final Pattern PLACE = Pattern.compile("[1-9]\\d?");

    private final TreeMap<String, String> given = new TreeMap<>();

    UserProperties(Properties user) {
        for (var name : user.stringPropertyNames()) {
            if (name.startsWith(PREFIX + ".")) given.put(name, user.getProperty(name));
        }
    }

    boolean has(String property) {
        return given.containsKey(property);
    }

    /** Properties of ours that no goal reads: a slip of the pen that would else change nothing in silence. */
    List<Problem> unknown(Shape.Fields known, Properties declared) {
        var problems = new ArrayList<Problem>();
        for (var name : given.keySet()) {
            // A pom may have properties of its own by our prefix, strixhalo.version for instance.
            if (declared.containsKey(name) || reads(known, name.substring(PREFIX.length()))) continue;
            var names = new TreeSet<String>();
            known.elements().forEach((element, shape) -> names.addAll(shape.properties(PREFIX + "." + element)));
            var problem = Problem.of("-D%s is no property that this plugin knows.".formatted(name));
            var hint = Nearest.to(name, names)
                    .map("did you mean -D%s? "::formatted)
                    .orElse("");
            problems.add(problem.fix(hint + "mvn strixhalo:help -Ddetail lists them all"));
        }
        return problems;
    }

    private static boolean reads(Shape shape, String rest) {
        if (shape instanceof Shape.Text) return rest.isEmpty();
        if (shape instanceof Shape.Named) return rest.length() > 1;
        if (shape instanceof Shape.ListOf list && list.item() instanceof Shape.Text) return rest.isEmpty();
        if (rest.isEmpty()) return false;
        int dot = rest.indexOf('.', 1);
        var first = rest.substring(1, dot < 0 ? rest.length() : dot);
        var further = dot < 0 ? "" : rest.substring(dot);
        if (shape instanceof Shape.ListOf list) return PLACE.matcher(first).matches() && reads(list.item(), further);
        var element = ((Shape.Fields) shape).elements().get(first);
        return element != null && reads(element, further);
    }

    /** The configuration of a goal with what the user said laid over it. */
    PlexusConfiguration over(PlexusConfiguration configuration, Shape.Fields goal) {
        return fields(configuration, configuration.getName(), goal, PREFIX);
    }

    private @Nullable PlexusConfiguration over(
            @Nullable PlexusConfiguration written, String name, Shape shape, String property) {
        boolean mentioned = has(property) || !below(property).isEmpty();
        if (!mentioned) return written;
        if (shape instanceof Shape.Text) {
            var element = empty(written, name);
            // As an expression, so that Maven reads it just as it reads any other property.
            element.setValue("${" + property + "}");
            return element;
        }
        if (shape instanceof Shape.Named) return named(written, name, property);
        if (shape instanceof Shape.Fields fields) return fields(written, name, fields, property);
        return list(written, name, (Shape.ListOf) shape, property);
    }

    private PlexusConfiguration fields(
            @Nullable PlexusConfiguration written, String name, Shape.Fields shape, String property) {
        var element = empty(written, name);
        if (written != null) {
            for (var child : written.getChildren()) {
                if (!shape.elements().containsKey(child.getName())) element.addChild(child);
            }
        }
        shape.elements().forEach((field, fieldShape) -> {
            var before = written == null ? null : written.getChild(field, false);
            var after = over(before, field, fieldShape, property + "." + field);
            if (after != null) element.addChild(after);
        });
        return element;
    }

    private PlexusConfiguration list(
            @Nullable PlexusConfiguration written, String name, Shape.ListOf shape, String property) {
        var element = empty(written, name);
        if (shape.item() instanceof Shape.Text) {
            var value = given.get(property);
            if (value == null) return written == null ? element : written;
            if (value.isEmpty()) return element;
            for (var item : COMMA.split(value, -1)) element.addChild(shape.itemName(), item.replace("\\,", ","));
            return element;
        }
        var items = written == null ? new PlexusConfiguration[0] : written.getChildren();
        int count = items.length;
        for (var key : below(property).keySet()) {
            var place = key.substring(property.length() + 1).split("\\.", 2)[0];
            if (PLACE.matcher(place).matches()) count = Math.max(count, Integer.parseInt(place));
        }
        for (int i = 0; i < count; i++) {
            var item =
                    over(i < items.length ? items[i] : null, shape.itemName(), shape.item(), property + "." + (i + 1));
            element.addChild(item == null ? new DefaultPlexusConfiguration(shape.itemName()) : item);
        }
        return element;
    }

    private PlexusConfiguration named(@Nullable PlexusConfiguration written, String name, String property) {
        var element = empty(written, name);
        if (written != null) {
            for (var child : written.getChildren()) {
                if (!has(property + "." + child.getName())) element.addChild(child);
            }
        }
        for (var key : below(property).keySet())
            element.addChild(key.substring(property.length() + 1), "${" + key + "}");
        return element;
    }

    private Map<String, String> below(String property) {
        // '/' follows '.' in the character set: all keys that begin with the property and a dot.
        return given.subMap(property + ".", property + "/");
    }

    private static DefaultPlexusConfiguration empty(@Nullable PlexusConfiguration written, String name) {
        var element = new DefaultPlexusConfiguration(name);
        if (written != null) {
            for (var attribute : written.getAttributeNames()) {
                element.setAttribute(attribute, written.getAttribute(attribute));
            }
        }
        return element;
    }
}
