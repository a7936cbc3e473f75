package dev.strixhalo.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationCheckTest {
    @Test
    void whatIsKnownIsNoProblem() throws Exception {
        assertThat(check("""
                        <port>1</port><force>true</force>
                        <arguments combine.children="append"><argument>--any</argument><argument>two</argument></arguments>
                        <environment><ANY_NAME>x</ANY_NAME></environment>
                        <cluster><name>lab</name><nodes><node><host>a</host></node><node><host>b</host></node></nodes></cluster>
                        """)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<prot>1</prot> | <prot> is no element | at configuration/prot | did you mean <port>?",
                "<cluster><nodes><node/><node><hots>a</hots></node></nodes></cluster> | <hots> is no element | at configuration/cluster/nodes/node[2]/hots | did you mean <host>?",
                "<cluster><nodes><nod/></nodes></cluster> | <nod> is no element | at configuration/cluster/nodes/nod[1] | did you mean <node>?",
                "<cluster><node/></cluster> | <node> is no element | at configuration/cluster/node | did you mean <nodes>?",
                "<arguments><arg>x</arg></arguments> | <arg> is no element | at configuration/arguments/arg[1] | known there: <argument>",
                "<cluster><fabric>x</fabric></cluster> | <fabric> is no element | at configuration/cluster/fabric | known there: <name> <link> <nodes>",
                "<port unit=\"x\">1</port> | attribute 'unit' | at configuration/port | <unit>…</unit>",
                "<port><value>1</value></port> | <port> takes a value | at configuration/port/value | <port>value</port>",
                "<cluster>strix</cluster> | <cluster> takes elements, not the text 'strix' | at configuration/cluster | known there: <name>",
                "<port>1</port><port>2</port> | <port> stands there more than once | at configuration/port | keep one",
                "<environment><A><B>1</B></A></environment> | <A> takes a value | at configuration/environment/A/B | <A>value</A>",
            })
    void whatNobodyWouldReadIsNamedWithItsPlaceAndTheWayOut(String xml, String what, String where, String fix)
            throws Exception {
        assertThat(check(xml)).singleElement().satisfies(problem -> {
            assertThat(problem.what()).contains(what);
            assertThat(problem.found()).containsExactly(where);
            assertThat(problem.fixes()).singleElement().asString().contains(fix);
        });
    }

    @Test
    void allIsSaidAtOnce() throws Exception {
        assertThat(check("<a/><b/><cluster><c/></cluster>")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({
        "force, yes, true or false",
        "force, TRUE, true or false",
        "port, abc, a whole number such as 8",
        "port, 99999999999, a whole number such as 8",
        "port, 8.5, a whole number such as 8",
        "share, much, a number such as 0.9",
        "colour, blue, 'one of red, green'",
    })
    void aValueOfAnotherKindIsRefused(String name, String value, String wanted) {
        var check = new ConfigurationCheck(Parameters.shape());

        check.value(name, type(name), value, "-Dstrixhalo." + name);

        assertThat(check.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.what()).isEqualTo("<%s> is '%s'; it must be %s.".formatted(name, value, wanted));
            assertThat(problem.found()).containsExactly("by -Dstrixhalo." + name);
        });
    }

    @ParameterizedTest
    @CsvSource({"force, true", "force, false", "port, -1", "share, 0.9", "colour, green"})
    void aValueOfItsKindPasses(String name, String value) {
        var check = new ConfigurationCheck(Parameters.shape());

        check.value(name, type(name), value, "the pom");

        assertThat(check.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"hots, host, 1", "prot, port, 1", "hsot, host, 1", "node, nodes, 1", "abc, '', 3", "Link, link, 0"})
    void distanceCountsSlipsOfThePen(String one, String other, int distance) {
        assertThat(Nearest.distance(one, other)).isEqualTo(distance);
        assertThat(Nearest.distance(other, one)).isEqualTo(distance);
    }

    @Test
    void nothingIsSuggestedThatSharesLittle() {
        assertThat(Nearest.to("memory", List.of("host", "link"))).isEmpty();
        assertThat(Nearest.to("x", List.of())).isEmpty();
    }

    private static Class<?> type(String name) {
        return ((Shape.Text) requireNonNull(Parameters.shape().elements().get(name))).type();
    }

    private static List<Problem> check(String elements) throws Exception {
        var check = new ConfigurationCheck(Parameters.shape());
        check.elements(Xml.read("<configuration>" + elements + "</configuration>"), "configuration");
        return check.problems();
    }
}
