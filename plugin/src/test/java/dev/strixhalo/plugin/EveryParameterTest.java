package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.maven.plugin.descriptor.PluginDescriptorBuilder;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** User property > pom > default, for every parameter and every element of every goal; one by one. */
class EveryParameterTest {
    record Goal(String name, Shape.Fields shape) {}

    @ParameterizedTest
    @MethodSource
    void thePropertyOfEachWinsOverThePomAndStandsInForIt(Goal goal) throws Exception {
        var pom = "<configuration>" + written(goal.shape) + "</configuration>";
        int all = count(over(pom, goal), "=pom");
        var properties = new ArrayList<String>();
        goal.shape.elements().forEach((name, shape) -> properties.addAll(shape.properties("strixhalo." + name)));
        assertThat(properties).hasSize(all);

        for (var property : properties) {
            var said = property.replace(".N.", ".1.");
            var both = over(pom, goal, said);
            var alone = over("<configuration/>", goal, said);

            // A list takes the values themselves, all else asks Maven for the property, with its kind and its errors.
            assertThat(count(both, "=${" + said + "}") + count(both, "=said"))
                    .as(both)
                    .isEqualTo(1);
            assertThat(count(both, "=pom")).as(said + " in " + both).isEqualTo(all - 1);
            assertThat(count(alone, "=${" + said + "}") + count(alone, "=said"))
                    .as(alone)
                    .isEqualTo(1);
        }
    }

    static Stream<Named<Goal>> thePropertyOfEachWinsOverThePomAndStandsInForIt() throws Exception {
        var goals = new ArrayList<Named<Goal>>();
        try (var stream = EveryParameterTest.class.getResourceAsStream("/META-INF/maven/plugin.xml")) {
            assertThat(stream).isNotNull();
            var plugin = new PluginDescriptorBuilder().build(new InputStreamReader(stream, StandardCharsets.UTF_8));
            for (var mojo : plugin.getMojos()) {
                if (mojo.getParameters() == null || mojo.getGoal().equals("help")) continue;
                var elements = new LinkedHashMap<String, Shape>();
                for (var parameter : mojo.getParameters()) {
                    if (!parameter.isEditable()) continue;
                    var type = Class.forName(mojo.getImplementation());
                    elements.put(parameter.getName(), Shape.of(type.getDeclaredField(parameter.getName())));
                }
                if (!elements.isEmpty())
                    goals.add(Named.of(mojo.getGoal(), new Goal(mojo.getGoal(), new Shape.Fields(elements))));
            }
        }
        assertThat(goals).hasSizeGreaterThanOrEqualTo(7);
        return goals.stream();
    }

    /** Every element with a value from the pom. */
    private static String written(Shape shape) {
        if (shape instanceof Shape.Text) return "pom";
        if (shape instanceof Shape.Named) return "<NAME>pom</NAME>";
        if (shape instanceof Shape.ListOf list) {
            return "<%1$s>%2$s</%1$s>".formatted(list.itemName(), written(list.item()));
        }
        var text = new StringBuilder();
        for (Map.Entry<String, Shape> element :
                ((Shape.Fields) shape).elements().entrySet()) {
            text.append("<%1$s>%2$s</%1$s>".formatted(element.getKey(), written(element.getValue())));
        }
        return text.toString();
    }

    private static String over(String pom, Goal goal, String... properties) throws Exception {
        var user = new Properties();
        for (var property : List.of(properties)) user.setProperty(property, "said");
        return Xml.text(new UserProperties(user).over(Xml.read(pom), goal.shape));
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }
}
