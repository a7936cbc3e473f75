package dev.strixhalo.plugin;

import java.util.List;

/**
 * What a screen says at length below its table: a label, then words that are broken before the edge and go on below
 * themselves. What is to be pasted is never broken.
 */
final class Paragraphs {
    /** Of a line, behind Maven's prefix. */
    static final int WIDTH = 100 - "[ERROR] ".length();

    private static final String INDENT = " ".repeat(6);

    private final List<String> lines;
    private final int label;

    /**
     * @param lines of the screen, which grow
     * @param label width of the labels' column
     */
    Paragraphs(List<String> lines, int label) {
        this.lines = lines;
        this.label = label;
    }

    /** Says a text. */
    void told(String label, String text) {
        var line = new StringBuilder(head(label));
        int indent = line.length();
        for (var word : text.strip().split("\\s+")) {
            if (line.length() > indent && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(indent));
            }
            if (line.length() > indent) line.append(' ');
            line.append(word);
        }
        lines.add(line.toString());
    }

    /** Says what to do, one way or another, each as it is, however long. */
    void fixes(List<String> fixes) {
        String word = "fix";
        for (var fix : fixes) {
            for (var line : fix.split("\n")) {
                lines.add(head(word) + line);
                word = "";
            }
            word = "or";
        }
    }

    private String head(String text) {
        return INDENT + column(text, label);
    }

    /** A text of just this width, with a blank after it at least; control characters do not reach the terminal. */
    static String column(String text, int width) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        if (clean.length() >= width) clean = clean.substring(0, width - 2) + "…";
        return clean + " ".repeat(Math.max(0, width - clean.length()));
    }
}
