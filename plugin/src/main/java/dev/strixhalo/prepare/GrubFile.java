package dev.strixhalo.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of GRUB's settings ({@code /etc/default/grub}), which is a shell script of assignments: values in quotes of both
 * kinds, in pieces, over continued lines, with comments behind. Only the words that have to change are changed; every other
 * byte stays.
 */
final class GrubFile {
    private static final Pattern ASSIGNMENT = Pattern.compile("(?m)^[ \\t]*(?:export[ \\t]+)?(\\w+)=");

    private final String text;

    GrubFile(String text) {
        this.text = text;
    }

    /**
     * Where a value stands.
     *
     * @param from  its first character
     * @param to    behind its last one
     * @param words what the shell would make of it, at blanks; the text of variables stays as {@code $NAME}
     * @param plain whether it holds no command substitution, which nobody but a shell can read, and nothing is added to it by
     *     {@code +=} anywhere in the file, which shells disagree about: bash does, dash does not
     */
    record Value(int from, int to, List<String> words, boolean plain) {}

    /** The value of the last assignment to this variable, which is the one that holds. */
    Optional<Value> last(String variable) {
        Value found = null;
        var match = ASSIGNMENT.matcher(text);
        int from = 0;
        while (match.find(from)) {
            var value = value(match.end());
            if (match.group(1).equals(variable)) found = value;
            from = Math.max(value.to(), match.end());
        }
        if (found != null && added(variable)) found = new Value(found.from(), found.to(), found.words(), false);
        return Optional.ofNullable(found);
    }

    private boolean added(String variable) {
        return Pattern.compile("(?m)^[ \\t]*" + Pattern.quote(variable) + "\\+=")
                .matcher(text)
                .find();
    }

    private Value value(int from) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        char quote = 0;
        boolean plain = true;
        int at = from;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote == '\'') {
                if (c == '\'') quote = 0;
                else take(c, word, words);
            } else if (c == '\\' && at + 1 < text.length()) {
                at++;
                // A line that goes on leaves nothing behind.
                if (text.charAt(at) != '\n') take(text.charAt(at), word, words);
            } else if (c == '"') {
                quote = quote == '"' ? 0 : '"';
            } else if (quote == 0 && c == '\'') {
                quote = '\'';
            } else if (quote == 0 && (Character.isWhitespace(c) || c == ';')) {
                break;
            } else {
                if (c == '`' || c == '$' && at + 1 < text.length() && text.charAt(at + 1) == '(') plain = false;
                take(c, word, words);
            }
        }
        if (!word.isEmpty()) words.add(word.toString());
        return new Value(from, at, List.copyOf(words), plain && quote == 0);
    }

    private static void take(char c, StringBuilder word, List<String> words) {
        if (!Character.isWhitespace(c)) {
            word.append(c);
        } else if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /** The text with this word of a value replaced by another. */
    Optional<String> replacing(Value value, String word, String by) {
        var within = Pattern.compile("(?<![^\\s\"'])" + Pattern.quote(word) + "(?![^\\s\"'])")
                .matcher(text);
        within.region(value.from(), value.to());
        within.useTransparentBounds(true);
        if (!within.find()) return Optional.empty();
        return Optional.of(text.substring(0, within.start()) + by + text.substring(within.end()));
    }

    /** The text with more words at the end of a value. */
    String appending(Value value, List<String> more) {
        var old = text.substring(value.from(), value.to());
        var added = String.join(" ", more);
        String replaced;
        if (old.isEmpty()) {
            replaced = '"' + added + '"';
        } else if (old.endsWith("\"") || old.endsWith("'")) {
            var inner = old.substring(0, old.length() - 1);
            boolean blank = value.words().isEmpty() || inner.endsWith(" ");
            replaced = inner + (blank ? "" : " ") + added + old.charAt(old.length() - 1);
        } else {
            replaced = old + "\" " + added + '"';
        }
        return text.substring(0, value.from()) + replaced + text.substring(value.to());
    }

    /** The text with an assignment of its own at the end. */
    String assigning(String variable, List<String> words) {
        var end = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
        return text + end + variable + "=\"" + String.join(" ", words) + "\"\n";
    }
}
