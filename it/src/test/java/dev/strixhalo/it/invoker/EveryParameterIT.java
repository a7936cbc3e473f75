package dev.strixhalo.it.invoker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * User property before pom before default, for every parameter of every goal, by what Maven itself says under {@code -X} that
 * it has put into the goal's fields. Which parameters there are is taken from the plugin's own help, and which kind of value
 * each takes from what the plugin answers to a wrong one: nothing can be forgotten here but by forgetting it there.
 */
@Timeout(300)
class EveryParameterIT {
    private static final Pattern GOAL = Pattern.compile("^strixhalo:(\\S+)");
    private static final Pattern TAKES = Pattern.compile("^ {4}<(\\w+)>.*");
    private static final Pattern PARAMETER = Pattern.compile(
            "<\\w+>(?<list><\\w+>…</\\w+>…)?(?:<NAME>value</NAME>…)?\\s+-D(?<property>strixhalo\\.[\\w.]+)(?:=one,two|=value)?"
                    + "(?:\\s{3}default (?<standard>\\S+))?");
    private static final Pattern WRONG = Pattern.compile("\\[ERROR\\] +<\\w+> is 'no'; it must be (.*)\\.");
    private static final Pattern BY = Pattern.compile("\\[ERROR\\] +found +by -D(\\S+)");
    /** Since Maven 3.9 the name of the execution stands behind that of the goal. */
    private static final Pattern CONFIGURES = Pattern.compile(
            "\\[DEBUG\\] Configuring mojo (?:execution )?'[^']*:strixhalo-maven-plugin:[^:']+:([\\w-]+)(?::[^']*)?' with .*");

    private static final Pattern FIELD = Pattern.compile("\\[DEBUG\\] +\\(f\\) (\\w+) = (.*)");

    private static final String TEXT = "text";

    private static StagedPlugin plugin;
    private static Path folder;
    /** Goals, each with its own parameters' names. */
    private static final Map<String, List<String>> TAKEN = new LinkedHashMap<>();

    private static final List<Parameter> PARAMETERS = new ArrayList<>();

    /** What the help says of a parameter or of an element in one. */
    record Parameter(String property, boolean list, String standard) {
        /** The name of the parameter that it is, or is in. */
        String top() {
            return property.split("\\.")[1];
        }

        String field() {
            var names = property.replace(".NAME", "").split("\\.");
            return names[names.length - 1];
        }

        /** It as an element of a pom. */
        String element(String value) {
            var names = property.split("\\.");
            var open = new StringBuilder();
            var close = new StringBuilder();
            for (int i = 1; i < names.length; i++) {
                var name = names[i].equals("1") ? one(names[i - 1]) : names[i];
                open.append('<').append(name).append('>');
                close.insert(0, "</" + name + ">");
            }
            return list ? open + "<%1$s>%2$s</%1$s>".formatted(one(field()), value) + close : open + value + close;
        }

        private static String one(String name) {
            return name.replaceFirst("(?<=ch)es$|s$", "");
        }

        /** What its field then holds, as Maven prints it. */
        String held(String value) {
            if (property.endsWith(".NAME")) return "{NAME=" + value + "}";
            return list ? "[" + value + "]" : value;
        }
    }

    /** A parameter with two values of its kind; the first is not its default. */
    record Tried(Parameter parameter, String pom, String said) {
        String inPom() {
            return parameter.field() + " = " + parameter.held(pom);
        }

        String onCommandLine() {
            return parameter.field() + " = " + parameter.held(said);
        }
    }

    @BeforeAll
    static void readTheHelp() throws Exception {
        var all = Files.createDirectories(Path.of(StagedPlugin.property("basedir"), "target", "invoker"));
        plugin = StagedPlugin.in(all);
        folder = Files.createTempDirectory(all, "every parameter ");
        reactor(List.of());
        var help = mvn("--non-recursive", "strixhalo:help", "-Ddetail").output();
        var taken = new ArrayList<String>();
        for (var line : help) {
            var goal = GOAL.matcher(line);
            var parameter = TAKES.matcher(line);
            if (goal.find() && !goal.group(1).equals("help")) {
                taken = new ArrayList<>();
                TAKEN.put(goal.group(1), taken);
            } else if (line.startsWith("In <")) {
                break;
            } else if (parameter.matches()) {
                taken.add(parameter.group(1));
            }
        }
        var seen = new TreeMap<String, Parameter>();
        var text = String.join("\n", help.stream().map(String::strip).toList());
        for (var found = PARAMETER.matcher(text); found.find(); ) {
            var standard = found.group("standard");
            seen.put(
                    found.group("property"),
                    new Parameter(
                            found.group("property"), found.group("list") != null, standard == null ? "" : standard));
        }
        PARAMETERS.addAll(seen.values());
        assertThat(TAKEN).hasSizeGreaterThanOrEqualTo(8).containsKeys("build-image", "deploy", "launch", "init");
        assertThat(PARAMETERS).hasSizeGreaterThan(60);
    }

    @Test
    void thePropertyOfEachWinsOverThePomAndThePomOverTheDefault() throws Exception {
        var kinds = kinds();
        var all = new ArrayList<Tried>();
        for (var parameter : PARAMETERS)
            all.add(tried(parameter, kinds.getOrDefault(parameter.property(), TEXT), all.size()));
        reactor(all);

        var pom = Filled.in(mvn("-X", "--fail-at-end", "validate"));
        var arguments = new ArrayList<>(List.of("-X", "--fail-at-end", "validate"));
        all.forEach(each -> arguments.add("-D" + each.parameter().property() + "=" + each.said()));
        var both = Filled.in(mvn(arguments.toArray(String[]::new)));
        reactor(List.of());
        var none = Filled.in(mvn("-X", "--fail-at-end", "validate"));

        int count = 0;
        for (var goal : TAKEN.keySet()) {
            for (var each : all) {
                var parameter = each.parameter();
                if (!takes(goal, parameter)) continue;
                count++;
                var where = "%s of strixhalo:%s".formatted(parameter.property(), goal);
                assertThat(pom.of(goal)).as(where).anyMatch(line -> same(line, each.inPom()));
                assertThat(both.of(goal)).as(where).anyMatch(line -> same(line, each.onCommandLine()));
                // Texts and numbers are each unique, so that one left over from the pom would be seen.
                if (each.pom().matches(".*\\d.*"))
                    assertThat(both.of(goal)).as(where).noneMatch(line -> same(line, each.inPom()));
                if (!parameter.standard().isEmpty()) {
                    assertThat(none.of(goal))
                            .as("default of " + where)
                            .contains(parameter.field() + " = " + parameter.standard());
                }
            }
        }
        assertThat(count).isGreaterThan(PARAMETERS.size());
    }

    private static boolean takes(String goal, Parameter parameter) {
        return TAKEN.getOrDefault(goal, List.of()).contains(parameter.top());
    }

    /** Which parameters take no text, and what they take instead, as the plugin itself says when it is given a wrong value. */
    private static Map<String, String> kinds() throws Exception {
        reactor(List.of());
        var arguments = new ArrayList<>(List.of("--fail-at-end", "validate"));
        PARAMETERS.forEach(parameter -> arguments.add("-D" + parameter.property() + "=no"));
        var run = mvn(arguments.toArray(String[]::new));
        var kinds = new TreeMap<String, String>();
        String kind = "";
        for (var line : run.output()) {
            var wrong = WRONG.matcher(line);
            var by = BY.matcher(line);
            if (wrong.matches()) kind = wrong.group(1);
            if (by.matches()) kinds.put(by.group(1), kind);
        }
        assertThat(kinds).as(run.text()).hasSizeGreaterThan(10);
        return kinds;
    }

    private static Tried tried(Parameter parameter, String kind, int number) {
        if (kind.equals("true or false")) {
            boolean pom = !parameter.standard().equals("true");
            return new Tried(parameter, String.valueOf(pom), String.valueOf(!pom));
        }
        if (kind.startsWith("a whole number"))
            return new Tried(parameter, String.valueOf(1000 + number), String.valueOf(2000 + number));
        // A nought at the end would not be printed.
        if (kind.startsWith("a number"))
            return new Tried(parameter, "0.%d1".formatted(1000 + number), "0.%d1".formatted(2000 + number));
        if (kind.startsWith("one of ")) {
            var choice =
                    new ArrayList<>(List.of(kind.substring("one of ".length()).split(", ")));
            choice.remove(parameter.standard());
            return new Tried(parameter, choice.get(0), choice.size() > 1 ? choice.get(1) : parameter.standard());
        }
        assertThat(kind).isEqualTo(TEXT);
        return new Tried(parameter, "pom-" + number, "said-" + number);
    }

    /** A file is printed with its whole path. */
    private static boolean same(String line, String wanted) {
        var value = wanted.substring(wanted.indexOf(" = ") + 3);
        return line.equals(wanted)
                || line.startsWith(wanted.substring(0, wanted.indexOf(" = ") + 3) + "/") && line.endsWith("/" + value);
    }

    /** What Maven has filled in, by goal, each as {@code name = value}. */
    record Filled(Map<String, List<String>> byGoal) {
        static Filled in(MavenRun run) {
            var byGoal = new TreeMap<String, List<String>>();
            var fields = new ArrayList<String>();
            for (var line : run.output()) {
                var configures = CONFIGURES.matcher(line);
                var field = FIELD.matcher(line);
                if (configures.matches()) {
                    fields = new ArrayList<>();
                    byGoal.put(configures.group(1), fields);
                }
                if (field.matches()) fields.add(field.group(1) + " = " + field.group(2));
            }
            return new Filled(byGoal);
        }

        List<String> of(String goal) {
            return byGoal.getOrDefault(goal, List.of());
        }
    }

    /** One module for each goal; its pom says all that the goal takes. */
    private static void reactor(List<Tried> written) throws IOException {
        var modules = new StringBuilder();
        for (var goal : TAKEN.keySet()) {
            modules.append("<module>%s</module>".formatted(goal));
            var configuration = merged(written.stream()
                    .filter(each -> takes(goal, each.parameter()))
                    .map(each -> each.parameter().element(each.pom()))
                    .toList());
            pom(Files.createDirectories(folder.resolve(goal)), goal, """
                    <build><plugins><plugin>
                      <groupId>dev.strixhalo</groupId><artifactId>strixhalo-maven-plugin</artifactId><version>%s</version>
                      <configuration>%s</configuration>
                      <executions><execution><phase>validate</phase><goals><goal>%s</goal></goals></execution></executions>
                    </plugin></plugins></build>
                    """.formatted(
                            plugin.version(), configuration, goal));
        }
        pom(folder, "all", """
                <modules>%s</modules>
                <build><pluginManagement><plugins><plugin>
                  <groupId>dev.strixhalo</groupId><artifactId>strixhalo-maven-plugin</artifactId><version>%s</version>
                </plugin></plugins></pluginManagement></build>
                """.formatted(modules, plugin.version()));
    }

    private static void pom(Path at, String name, String rest) throws IOException {
        Files.writeString(at.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>it</groupId><artifactId>%s</artifactId><version>1</version><packaging>pom</packaging>
                  %s
                </project>
                """.formatted(name, rest));
    }

    /** Elements that begin with the same tags become one. */
    private static String merged(List<String> elements) {
        var text = String.join("", elements);
        // The properties are in alphabetical order, so what belongs together stands together: </a><a> goes, again and
        // again.
        var seam = Pattern.compile("</(\\w+)><\\1>");
        for (var before = ""; !before.equals(text); ) {
            before = text;
            text = seam.matcher(text).replaceAll("");
        }
        return text;
    }

    private static MavenRun mvn(String... arguments) throws Exception {
        return MavenRun.of(plugin, folder, arguments);
    }
}
