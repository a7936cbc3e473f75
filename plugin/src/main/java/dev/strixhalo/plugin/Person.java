package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whoever sits at the terminal that Maven was started from, if anyone does. */
final class Person {
    private final @Nullable Console console;

    private Person(@Nullable Console console) {
        this.console = console;
    }

    /** @param interactive false under {@code -B} */
    static Person at(boolean interactive) {
        var console = System.console();
        return new Person(interactive && Surroundings.isTerminal(console) ? console : null);
    }

    /** Nobody; for tests. */
    static Person nobody() {
        return new Person(null);
    }

    /**
     * Asks a question that is answered by yes or no; anything but yes is no.
     *
     * @param consent the property that answers it
     * @throws StrixhaloException when nobody is there
     */
    boolean agrees(String question, String consent) throws StrixhaloException {
        if (console == null) {
            throw Problem.of("Nobody is there to be asked: %s".formatted(question))
                    .found("no terminal, or Maven was called with -B")
                    .fix("say yes beforehand: -D" + consent)
                    .fix("see the plan alone: -Dstrixhalo.dryRun")
                    .asException();
        }
        var answer = console.readLine("%s [y/N] ", question);
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    /** A secret that is typed without being shown; nothing when nobody is there. */
    Optional<Secret> secret(String name, String prompt) throws StrixhaloException {
        if (console == null) return Optional.empty();
        var typed = console.readPassword("%s: ", prompt);
        return typed == null ? Optional.empty() : Optional.of(Secret.of(name, new String(typed)));
    }
}
