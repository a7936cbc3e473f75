package dev.strixhalo.serve;

import dev.strixhalo.cluster.Node;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** By what a launch was seen to fail; why it failed is for {@link Diagnosis} to say. */
sealed interface Trouble {
    /**
     * A program ended that was to go on.
     *
     * @param node   where
     * @param part   {@code ray} or {@code vllm}
     * @param code   its exit code; null when a signal ended it
     * @param signal number of that signal; null when it ended by itself
     */
    record PartEnded(
            Node node,
            String part,
            @Nullable Integer code,
            @Nullable Integer signal) implements Trouble {
        String how() {
            return signal != null ? "signal " + signal : "exit code " + code;
        }
    }

    /**
     * A rank was there and is no more, and what drives it has not noticed.
     *
     * @param node  where
     * @param title of its process
     */
    record RankGone(Node node, String title) implements Trouble {}

    /**
     * Ray does not count all nodes.
     *
     * @param joined how many it counts
     * @param wanted how many there are
     * @param said   what {@code ray status} printed
     */
    record NeverJoined(int joined, int wanted, String said) implements Trouble {}

    /**
     * Ray has started elsewhere, but not on this node.
     *
     * @param node which
     * @param time that it had
     */
    record NotJoined(Node node, Duration time) implements Trouble {}

    /**
     * The time is over.
     *
     * @param node whom we waited for
     * @param what did not happen
     * @param time that it had
     */
    record TimeOver(Node node, String what, Duration time) implements Trouble {}

    /**
     * A node is not to be heard any more.
     *
     * @param node which
     * @param why  in the words of the connection
     */
    record NodeLost(Node node, String why) implements Trouble {}

    /**
     * The API is there, but gave no answer to a question.
     *
     * @param node    the head
     * @param code    the node script's word for it
     * @param message its sentence
     * @param found   what the API said
     */
    record NoAnswer(Node node, String code, String message, String found) implements Trouble {}
}
