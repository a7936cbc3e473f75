package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserPropertiesTest {
    private static final String POM = """
            <configuration>
              <session>kept</session>
              <port>1</port>
              <cluster><link>roce</link><nodes>
                <node><host>a</host></node>
                <node><host>b</host><user>u</user></node>
              </nodes></cluster>
              <arguments><argument>x</argument><argument>y</argument></arguments>
              <environment><A>1</A><B>2</B></environment>
            </configuration>""";

    @Test
    void withoutPropertiesThePomStays() throws Exception {
        assertThat(over(POM))
                .isEqualTo("configuration(session=kept "
                        + "cluster(link=roce nodes(node(host=a) node(host=b user=u))) port=1 "
                        + "arguments(argument=x argument=y) environment(A=1 B=2))");
    }

    @Test
    void aPropertyWinsOverThePomWhereverItsElementStands() throws Exception {
        assertThat(over(
                        POM,
                        "strixhalo.port=7",
                        "strixhalo.cluster.link=tcp",
                        "strixhalo.cluster.nodes.2.host=c",
                        "strixhalo.environment.B=3",
                        "strixhalo.environment.C.D=4",
                        "strixhalo.arguments=--one,{\"a\":1\\,\"b\":2}"))
                .isEqualTo("configuration(session=kept "
                        + "cluster(link=${strixhalo.cluster.link} nodes(node(host=a) node(host=${strixhalo.cluster.nodes.2.host} user=u))) "
                        + "port=${strixhalo.port} "
                        + "arguments(argument=--one argument={\"a\":1,\"b\":2}) "
                        + "environment(A=1 B=${strixhalo.environment.B} C.D=${strixhalo.environment.C.D}))");
    }

    @Test
    void aPropertyIsEnoughWhereThePomSaysNothing() throws Exception {
        assertThat(over(
                        "<configuration/>",
                        "strixhalo.cluster.nodes.2.host=b",
                        "strixhalo.force=true",
                        "strixhalo.environment.A=1"))
                .isEqualTo("configuration(cluster(nodes(node node(host=${strixhalo.cluster.nodes.2.host}))) "
                        + "force=${strixhalo.force} environment(A=${strixhalo.environment.A}))");
    }

    @Test
    void anEmptyListOnTheCommandLineEmptiesTheList() throws Exception {
        assertThat(over(POM, "strixhalo.arguments=")).contains(" arguments environment(");
    }

    @ParameterizedTest
    @CsvSource({
        "strixhalo.prot, did you mean -Dstrixhalo.port?",
        "strixhalo.cluster.lnik, did you mean -Dstrixhalo.cluster.link?",
        "strixhalo.cluster.nodes.2.hots, did you mean -Dstrixhalo.cluster.nodes.N.host?",
        "strixhalo.cluster.nodes.0.host, did you mean -Dstrixhalo.cluster.nodes.N.host?",
        "strixhalo.cluster, did you mean -Dstrixhalo.cluster.link?",
        "strixhalo.port.x, did you mean -Dstrixhalo.port?",
        "strixhalo.environment, did you mean -Dstrixhalo.environment.NAME?",
        "strixhalo.arguments.1, did you mean -Dstrixhalo.arguments?",
        "strixhalo.something.else.entirely, mvn strixhalo:help",
    })
    void aPropertyThatNobodyReadsIsAnError(String name, String hint) {
        assertThat(user(name + "=x").unknown(Parameters.shape(), new Properties()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.what()).isEqualTo("-D" + name + " is no property that this plugin knows.");
                    assertThat(problem.fixes().get(0)).startsWith(hint);
                });
    }

    @Test
    void whatIsReadOrDeclaredInThePomOrNotOursIsNoError() {
        var declared = new Properties();
        declared.setProperty("strixhalo.version", "1");
        var user = user(
                "strixhalo.port=1",
                "strixhalo.cluster.nodes.12.fabricAddress=x",
                "strixhalo.environment.ANY.NAME=x",
                "strixhalo.arguments=x",
                "strixhalo.version=2",
                "strixhalos.prot=1",
                "skipTests=true");

        assertThat(user.unknown(Parameters.shape(), declared))
                .extracting(Problem::what)
                .isEmpty();
    }

    private static String over(String pom, String... properties) throws Exception {
        return Xml.text(user(properties).over(Xml.read(pom), Parameters.shape()));
    }

    private static UserProperties user(String... properties) {
        var all = new Properties();
        for (var property : properties) {
            int at = property.indexOf('=');
            all.setProperty(property.substring(0, at), property.substring(at + 1));
        }
        return new UserProperties(all);
    }
}
