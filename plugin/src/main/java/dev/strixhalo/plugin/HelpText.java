package dev.strixhalo.plugin;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.descriptor.MojoDescriptor;
import org.apache.maven.plugin.descriptor.Parameter;

/** The goals and everything that can be said to them, as text of at most 100 columns. */
final class HelpText {
    private static final int WIDTH = 100;

    private final List<String> lines = new ArrayList<>();
    private final Map<String, Class<?>> elements = new LinkedHashMap<>();
    private final ClassLoader classes;

    /** @param classes that know the goals */
    HelpText(ClassLoader classes) {
        this.classes = classes;
    }

    String text() {
        return String.join("\n", lines);
    }

    void paragraph(String text) {
        wrapped(0, text);
        lines.add("");
    }

    /** Tells of a goal; with detail also of all its parameters. */
    void goal(MojoDescriptor goal, boolean detail) {
        lines.add(
                "strixhalo:" + goal.getGoal() + (goal.getPhase() == null ? "" : "   (phase " + goal.getPhase() + ")"));
        for (var part : goal.getDescription().strip().split("\n")) wrapped(4, part);
        if (detail && goal.getParameters() != null) {
            for (var parameter : goal.getParameters()) if (parameter.isEditable()) parameter(goal, parameter);
        }
        lines.add("");
    }

    private void parameter(MojoDescriptor goal, Parameter parameter) {
        var name = parameter.getName();
        var field = field(goal, name);
        var shape = Shape.of(field);
        lines.add("");
        if (shape instanceof Shape.Fields) {
            elements.putIfAbsent(name, field.getType());
            wrapped(4, "<%s>   its elements are told below".formatted(name));
        } else {
            var written = goal.getMojoConfiguration().getChild(name);
            var property = written.getValue("").replace("${", "-D").replace("}", "");
            var standard = written.getAttribute("default-value", "");
            head(4, name, shape, property, standard);
        }
        for (var part : String.valueOf(parameter.getDescription()).strip().split("\n")) wrapped(8, part);
    }

    /** Tells of the elements in those parameters that have some; each once, whatever goals take it. */
    void nested() {
        elements.forEach((name, type) -> {
            lines.add("In <%s>".formatted(name));
            fields(4, type, "-D" + UserProperties.PREFIX + "." + name);
            lines.add("");
        });
    }

    private void fields(int indent, Class<?> type, String property) {
        var docs = ElementDocs.of(type);
        for (var field : type.getDeclaredFields()) {
            if (field.isSynthetic()) continue;
            var name = field.getName();
            var shape = Shape.of(field);
            lines.add("");
            head(indent, name, shape, property + "." + name, "");
            wrapped(indent + 4, docs.getOrDefault(name, ""));
            if (shape instanceof Shape.ListOf list && list.item() instanceof Shape.Fields) {
                var item = (Class<?>)
                        ((java.lang.reflect.ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
                wrapped(indent + 4, "In each <%s>:".formatted(list.itemName()));
                fields(indent + 8, item, property + "." + name + ".1");
            } else if (shape instanceof Shape.Fields) {
                fields(indent + 4, field.getType(), property + "." + name);
            }
        }
    }

    private void head(int indent, String name, Shape shape, String property, String standard) {
        var head = "<%s>".formatted(name);
        if (shape instanceof Shape.Named) {
            head += "<NAME>value</NAME>…   " + property + ".NAME=value";
        } else if (shape instanceof Shape.ListOf list) {
            head += "<%s>…</%s>…".formatted(list.itemName(), list.itemName());
            head += list.item() instanceof Shape.Text ? "   " + property + "=one,two" : "";
        } else if (!(shape instanceof Shape.Fields)) {
            head += "   " + property;
        }
        wrapped(indent, head + (standard.isEmpty() ? "" : "   default " + standard));
    }

    private Field field(MojoDescriptor goal, String name) {
        try {
            for (Class<?> at = classes.loadClass(goal.getImplementation()); at != null; at = at.getSuperclass()) {
                for (var field : at.getDeclaredFields()) if (field.getName().equals(name)) return field;
            }
            throw new IllegalStateException(goal.getGoal() + " has no field " + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void wrapped(int indent, String text) {
        var line = new StringBuilder(" ".repeat(indent));
        // Blanks that stand together keep a name and its property apart; they only wrap as one.
        for (var word : text.split("(?<=\\S)(?=\\s)")) {
            if (line.length() + word.length() > WIDTH && line.length() > indent) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(" ".repeat(indent)).append(word.strip());
            } else {
                line.append(word);
            }
        }
        if (!line.toString().isBlank()) lines.add(line.toString().stripTrailing());
    }
}
