package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.plugin.descriptor.MojoDescriptor;
import org.apache.maven.plugin.descriptor.Parameter;
import org.apache.maven.plugin.descriptor.PluginDescriptorBuilder;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What Maven and the goal help know of our goals: nothing without a description, nothing against our rules. */
class DescriptorTest {
    @Test
    void theGoalsAreThose() throws Exception {
        assertThat(goals())
                .extracting(MojoDescriptor::getGoal)
                .containsExactlyInAnyOrder(
                        "build-rccl",
                        "inspect-rccl",
                        "build-image",
                        "deploy",
                        "launch",
                        "doctor",
                        "prepare",
                        "verify",
                        "status",
                        "logs",
                        "stop",
                        "remove",
                        "init",
                        "help");
    }

    @Test
    void onlyThoseThatBuildOrLookBindThemselvesToAPhase() throws Exception {
        assertThat(goals())
                .filteredOn(goal -> goal.getPhase() != null)
                .extracting(goal -> goal.getGoal() + " " + goal.getPhase())
                .containsExactlyInAnyOrder("build-rccl compile", "build-image package", "doctor validate");
    }

    @Test
    void whatOnlyLooksOrEndsNeedsNoProject() throws Exception {
        assertThat(goals())
                .filteredOn(MojoDescriptor::isProjectRequired)
                .extracting(MojoDescriptor::getGoal)
                .isSubsetOf("build-rccl", "build-image", "deploy", "launch");
    }

    @Test
    void everyGoalAndParameterIsDescribedAndKeepsTheRules() throws Exception {
        var softly = new SoftAssertions();
        for (var goal : goals()) {
            softly.assertThat(goal.getDescription()).as(goal.getGoal()).hasSizeGreaterThan(40);
            if (goal.getGoal().equals("help")) continue;
            softly.assertThat(goal.getComponentConfigurator())
                    .as(goal.getGoal())
                    .isEqualTo("strixhalo");
            for (var parameter : parameters(goal)) check(goal, parameter, softly);
        }
        softly.assertAll();
    }

    private static void check(MojoDescriptor goal, Parameter parameter, SoftAssertions softly) throws Exception {
        var name = goal.getGoal() + " <" + parameter.getName() + ">";
        var field = field(goal, parameter.getName());
        var shape = Shape.of(field);
        var written = goal.getMojoConfiguration().getChild(parameter.getName(), false);
        var property = written == null ? null : written.getValue();
        softly.assertThat(parameter.getDescription()).as(name).isNotBlank();
        softly.assertThat(parameter.isRequired()).as("required: " + name).isFalse();
        softly.assertThat(parameter.getType()).as(name).isNotEqualTo("java.nio.file.Path");
        softly.assertThat(property)
                .as("property of " + name)
                .isEqualTo(shape instanceof Shape.Fields ? null : "${strixhalo." + parameter.getName() + "}");
        if (shape instanceof Shape.Fields) checkFields(field.getType(), "<" + parameter.getName() + ">", softly);
    }

    private static void checkFields(Class<?> type, String path, SoftAssertions softly) {
        var docs = ElementDocs.of(type);
        for (var field : type.getDeclaredFields()) {
            if (field.isSynthetic()) continue;
            var name = path + "<" + field.getName() + ">";
            var doc = docs.getOrDefault(field.getName(), "");
            var shape = Shape.of(field);
            softly.assertThat(doc).as(name).hasSizeGreaterThan(15);
            if (shape instanceof Shape.ListOf list && list.item() instanceof Shape.Fields) {
                var generic = (java.lang.reflect.ParameterizedType) field.getGenericType();
                checkFields((Class<?>) generic.getActualTypeArguments()[0], name, softly);
            } else if (shape instanceof Shape.Fields) {
                checkFields(field.getType(), name, softly);
            } else if (!(shape instanceof Shape.Text text) || text.type() == String.class) {
                // Numbers and switches explain themselves; what a text or a list looks like must be shown.
                softly.assertThat(doc)
                        .as("how a value of " + name + " looks")
                        .containsAnyOf("for example", "unless", "default");
            }
        }
    }

    @Test
    void helpTellsEveryElementAndItsProperty() throws Exception {
        var help = new HelpText(getClass().getClassLoader());
        for (var goal : goals()) help.goal(goal, true);
        help.nested();

        assertThat(help.text())
                .contains("<host>   -Dstrixhalo.cluster.nodes.1.host")
                .contains(
                        "-Dstrixhalo.serve.model",
                        "-Dstrixhalo.serve.environment.NAME=value",
                        "-Dstrixhalo.dryRun   default false")
                .containsOnlyOnce("In <cluster>");
        assertThat(help.text().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
        var properties = new ArrayList<String>();
        for (var goal : goals()) {
            if (goal.getGoal().equals("help")) continue;
            for (var parameter : parameters(goal)) {
                properties.addAll(
                        Shape.of(field(goal, parameter.getName())).properties("strixhalo." + parameter.getName()));
            }
        }
        assertThat(properties)
                .isNotEmpty()
                .allSatisfy(property -> assertThat(help.text()).contains("-D" + property.replace(".N.", ".1.")));
    }

    @Test
    void aCommentBecomesPlainText() {
        var docs = ElementDocs.of(NodeConfiguration.class);

        assertThat(docs)
                .containsEntry("host", "What one would type after ssh, for example 10.0.0.11; local is this machine.")
                .hasSize(NodeConfiguration.class.getDeclaredFields().length);
    }

    private static List<MojoDescriptor> goals() throws Exception {
        var stream = DescriptorTest.class.getResourceAsStream("/META-INF/maven/plugin.xml");
        assertThat(stream)
                .as("plugin.xml, which Maven makes in process-classes")
                .isNotNull();
        try (Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
            return new PluginDescriptorBuilder().build(reader).getMojos();
        }
    }

    private static List<Parameter> parameters(MojoDescriptor goal) {
        return goal.getParameters() == null
                ? List.of()
                : goal.getParameters().stream().filter(Parameter::isEditable).toList();
    }

    private static Field field(MojoDescriptor goal, String name) throws ClassNotFoundException {
        return Stream.<Class<?>>iterate(Class.forName(goal.getImplementation()), Class::getSuperclass)
                .takeWhile(type -> type != Object.class)
                .flatMap(type -> Stream.of(type.getDeclaredFields()))
                .filter(field -> field.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
