package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.codehaus.plexus.configuration.PlexusConfiguration;

/** Compares what stands in a pom with what can stand there; Maven itself passes over much of it in silence. */
final class ConfigurationCheck {
    /** Attributes that Maven itself reads when it merges configurations. */
    private static final Set<String> MAVENS =
            Set.of("combine.children", "combine.self", "combine.id", "combine.keys", "xml:space", "implementation");

    private final List<Problem> problems = new ArrayList<>();
    private final Shape.Fields known;

    /** @param known the parameters of all goals: a {@code <configuration>} may serve many of them */
    ConfigurationCheck(Shape.Fields known) {
        this.known = known;
    }

    List<Problem> problems() {
        return problems;
    }

    /**
     * Looks for elements, attributes and texts that nobody would read.
     *
     * @param configuration as it stands in the pom
     * @param path          where it stands, for example {@code configuration}
     */
    void elements(PlexusConfiguration configuration, String path) {
        elements(configuration, known, path);
    }

    private void elements(PlexusConfiguration element, Shape shape, String path) {
        for (var attribute : element.getAttributeNames()) {
            if (MAVENS.contains(attribute)) continue;
            problems.add(Problem.of(
                            "<%s> has an attribute '%s', which nothing reads.".formatted(element.getName(), attribute))
                    .found("at " + path)
                    .fix("write it as an element: <%s>…</%s>".formatted(attribute, attribute)));
        }
        if (shape instanceof Shape.Text || (shape instanceof Shape.Named && element.getChildCount() == 0)) {
            for (var child : element.getChildren()) {
                problems.add(Problem.of("<%s> takes a value, not elements.".formatted(element.getName()))
                        .found("at %s/%s".formatted(path, child.getName()))
                        .fix("<%s>value</%s>".formatted(element.getName(), element.getName())));
            }
            return;
        }
        var text = element.getValue("").strip();
        // A whole element may come from a property that holds the list, as Maven allows: <layers>${my.layers}</layers>.
        if (!text.isEmpty() && !(shape instanceof Shape.ListOf)) {
            problems.add(Problem.of("<%s> takes elements, not the text '%s'.".formatted(element.getName(), text))
                    .found("at " + path)
                    .fix("known there: " + known(shape)));
        }
        var seen = new HashMap<String, Integer>();
        for (var child : element.getChildren()) {
            int nth = seen.merge(child.getName(), 1, Integer::sum);
            child(
                    child,
                    shape,
                    "%s/%s%s".formatted(path, child.getName(), shape instanceof Shape.ListOf ? "[" + nth + "]" : ""),
                    nth);
        }
    }

    private void child(PlexusConfiguration child, Shape parent, String path, int nth) {
        if (parent instanceof Shape.Named) {
            elements(child, new Shape.Text(String.class), path);
        } else if (parent instanceof Shape.ListOf list && list.itemName().equals(child.getName())) {
            elements(child, list.item(), path);
        } else if (parent instanceof Shape.Fields fields && fields.elements().containsKey(child.getName())) {
            if (nth == 2) {
                problems.add(Problem.of(
                                "<%s> stands there more than once; only one would be read.".formatted(child.getName()))
                        .found("at " + path)
                        .fix("keep one of them"));
            }
            elements(child, fields.elements().get(child.getName()), path);
        } else {
            var problem = Problem.of("<%s> is no element that this plugin knows.".formatted(child.getName()))
                    .found("at " + path);
            var nearest = Nearest.to(child.getName(), parent.elementNames());
            var hint = nearest.map("did you mean <%s>? "::formatted).orElse("");
            problems.add(problem.fix(hint + "known there: " + known(parent)));
        }
    }

    private static String known(Shape shape) {
        if (shape.elementNames().isEmpty()) return "nothing";
        return shape.elementNames().stream().map(name -> "<" + name + ">").collect(Collectors.joining(" "));
    }

    /**
     * Looks whether a value is of its type, where Maven would take anything: every text but {@code true} is false to it.
     *
     * @param name of the element
     * @param from where the value comes from, {@code <port>} or {@code -Dstrixhalo.port}
     */
    void value(String name, Class<?> type, String value, String from) {
        var wanted = wanted(type, value);
        if (wanted.isEmpty()) return;
        var problem = Problem.of("<%s> is '%s'; it must be %s.".formatted(name, value, wanted));
        problems.add(problem.found("by " + from).fix("set it to " + wanted + ", or leave it out"));
    }

    /** What a value of this type looks like, or nothing when the value is one. */
    private static String wanted(Class<?> type, String value) {
        if (type == boolean.class || type == Boolean.class) {
            return value.equals("true") || value.equals("false") ? "" : "true or false";
        }
        try {
            if (type == int.class || type == Integer.class) Integer.parseInt(value);
            if (type == long.class || type == Long.class) Long.parseLong(value);
            if (type == double.class || type == Double.class) Double.parseDouble(value);
        } catch (NumberFormatException e) {
            return type == double.class || type == Double.class ? "a number such as 0.9" : "a whole number such as 8";
        }
        if (!type.isEnum()) return "";
        var names = Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
        return names.contains(value) ? "" : "one of " + String.join(", ", names);
    }
}
