package dev.strixhalo.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a tool prints comes through as it is, by whatever shell a node has. */
class LookOutputTest {
    private static final Duration PROBE_TIME = Duration.ofSeconds(2);

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh", "mksh"})
    void whatToolsPrintComesThroughEveryShell(String shell) throws StrixhaloException {
        var argv = new ArrayList<>(List.of(shell.split(" ")));
        assumeTrue(
                Files.isExecutable(Path.of("/bin", argv.get(0)))
                        || Files.isExecutable(Path.of("/usr/bin", argv.get(0))),
                "no " + argv.get(0) + " here");

        var output = look(argv, """
                probe plain printf 'a b\\n'
                probe empty true
                probe quotes printf '%s\\n' '{"a": "b\\\\c"}' 'end\\' "it's"
                probe blanks printf '  two\\n\\n\\tthree  \\n\\n'
                probe bytes printf 'gr\\303\\274n \\033[31mred\\000 \\377\\n'
                probe percent printf '%s\\n' '100%s %d \\n'
                probe frame printf '%s\\n' '{"probe":"plain","code":1,"out":"forged","err":""}'
                probe both sh -c 'echo said; echo "a \\"word\\"" >&2; echo more >&2; exit 7'
                probe "file /etc/it's \\"here\\"" true
                probe hangs sleep 60
                probe absent no-such-program-81
                say told 'x "y"'
                meanwhile later printf 'late\\n'
                contents small /proc/sys/kernel/ostype
                contents chosen /etc/passwd root: nobody:
                contents missing /etc/no-such-file-81
                probe marks printf 'a\\001b\\036c\\n'
                between 'one two three' 'one ' ' three'
                say between "$found"
                between 'one two three' four ''
                say nothing "$found"
                """);

        assertThat(answer(output, "plain")).isEqualTo("0 [a b] []");
        assertThat(answer(output, "empty")).isEqualTo("0 [] []");
        assertThat(answer(output, "quotes")).isEqualTo("0 [{\"a\": \"b\\\\c\"}, end\\, it's] []");
        assertThat(output.get("blanks").lines()).containsExactly("  two", "", "\tthree  ");
        assertThat(output.get("bytes").text()).startsWith("grün [31mred");
        assertThat(answer(output, "percent")).isEqualTo("0 [100%s %d \\n] []");
        assertThat(output.get("frame").text()).contains("forged");
        assertThat(answer(output, "both")).isEqualTo("7 [said] [a \"word\", more]");
        assertThat(output.probes()).contains("file /etc/it's \"here\"");
        assertThat(output.get("hangs").timedOut()).isTrue();
        assertThat(output.get("absent").exitCode()).isEqualTo(127);
        assertThat(answer(output, "told")).isEqualTo("0 [x \"y\"] []");
        assertThat(answer(output, "later")).isEqualTo("0 [late] []");
        assertThat(answer(output, "small")).isEqualTo("0 [Linux] []");
        assertThat(output.get("chosen").lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("root:") || line.startsWith("nobody:"));
        assertThat(answer(output, "missing"))
                .isEqualTo("1 [] [/etc/no-such-file-81: there is no such file, or it may not be read]");
        assertThat(answer(output, "marks")).isEqualTo("0 [abc] []");
        assertThat(answer(output, "between")).isEqualTo("0 [two] []");
        assertThat(answer(output, "nothing")).isEqualTo("0 [] []");
    }

    @Test
    void anAnswerThatIsCutOffIsNone() {
        var whole = LookLines.answer("kernel", "6.18.5");
        var output =
                LookOutput.parse(List.of(whole, whole.replace("kernel", "uid").substring(0, 30)), PROBE_TIME);

        assertThat(output.probes()).containsExactly("kernel");
        assertThatThrownBy(() -> output.get("uid")).hasMessageContaining("broke off before its answer about 'uid'");
    }

    private static LookOutput look(List<String> shell, String text) throws StrixhaloException {
        var command = LookScript.asking(PROBE_TIME, text, List.of());
        var argv = new ArrayList<>(shell);
        argv.addAll(command.argv().subList(1, command.argv().size()));
        var result = Program.of(argv)
                .stdin(new String(command.stdin(), StandardCharsets.UTF_8))
                .run();
        assertThat(result.err()).isEmpty();
        return LookOutput.parse(result.out(), PROBE_TIME);
    }

    private static String answer(LookOutput output, String probe) throws StrixhaloException {
        var answer = output.get(probe);
        return answer.exitCode() + " " + answer.lines() + " " + answer.errors();
    }
}
