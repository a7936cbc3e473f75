package dev.strixhalo.plugin;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What may stand in an element of our configuration, read from the field that it fills. */
sealed interface Shape {
    /**
     * A value without elements in it.
     *
     * @param type of the field
     */
    record Text(Class<?> type) implements Shape {}

    /**
     * Elements of one name: {@code <nodes>} holds {@code <node>}.
     *
     * @param itemName name of each
     * @param item     what is in each
     */
    record ListOf(String itemName, Shape item) implements Shape {}

    /** Elements whose names the user chooses, such as variables of the environment. */
    record Named() implements Shape {}

    /**
     * Elements that we know.
     *
     * @param elements by name, in the order of their declaration
     */
    record Fields(Map<String, Shape> elements) implements Shape {}

    /** The shape of what fills a field. */
    static Shape of(Field field) {
        return of(field.getGenericType(), field.getName());
    }

    private static Shape of(Type type, String name) {
        var raw = (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
        if (Map.class.isAssignableFrom(raw)) return new Named();
        if (Collection.class.isAssignableFrom(raw)) {
            var itemName = name.replaceFirst("(?<=ch)es$|s$", "");
            return new ListOf(itemName, of(((ParameterizedType) type).getActualTypeArguments()[0], itemName));
        }
        if (raw.isEnum() || !raw.getPackageName().equals(Shape.class.getPackageName())) return new Text(raw);
        var elements = new LinkedHashMap<String, Shape>();
        for (Class<?> at = raw; at != null && at != Object.class; at = at.getSuperclass()) {
            for (var field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
                    elements.put(field.getName(), of(field));
            }
        }
        return new Fields(elements);
    }

    /**
     * The names of the user properties that can fill this.
     *
     * @param prefix the property of the element itself
     * @return names; {@code N} stands for a place in a list, {@code NAME} for a name that the user chooses
     */
    default Collection<String> properties(String prefix) {
        var names = new TreeSet<String>();
        if (this instanceof Text) names.add(prefix);
        if (this instanceof Named) names.add(prefix + ".NAME");
        if (this instanceof ListOf list) {
            if (list.item() instanceof Text) names.add(prefix);
            else names.addAll(list.item().properties(prefix + ".N"));
        }
        if (this instanceof Fields fields) {
            fields.elements().forEach((name, shape) -> names.addAll(shape.properties(prefix + "." + name)));
        }
        return names;
    }

    /** The names of the elements that may stand in this one. */
    default List<String> elementNames() {
        if (this instanceof Fields fields)
            return new ArrayList<>(fields.elements().keySet());
        return this instanceof ListOf list ? List.of(list.itemName()) : List.of();
    }
}
