package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A file in the format of ssh_config(5), as lines; what they mean is decided elsewhere. */
final class SshConfigFile {
    /**
     * One setting.
     *
     * @param file    where it stands
     * @param number  of the line, from 1
     * @param written the keyword as it was written
     * @param values  without quotes; at least one
     */
    record Line(Path file, int number, String written, List<String> values) {
        /** The keyword in small letters; case does not matter. */
        String keyword() {
            return written.toLowerCase(Locale.ROOT);
        }

        String where() {
            return file + ":" + number;
        }

        String value() {
            return values.get(0);
        }

        Problem problem(String what) {
            return Problem.of(what).found("%s   %s %s".formatted(where(), written, String.join(" ", values)));
        }
    }

    private SshConfigFile() {}

    /** @throws StrixhaloException when the file cannot be read or a line has no sense */
    static List<Line> read(Path file) throws StrixhaloException {
        List<String> text;
        try {
            text = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (MalformedInputException e) {
            throw Problem.of("%s is no UTF-8 text.".formatted(file))
                    .fix("iconv -f latin1 -t utf-8 '%1$s' > '%1$s.new'".formatted(file) + "   then put it in its place")
                    .asException(e);
        } catch (IOException e) {
            throw Problem.of("%s cannot be read.".formatted(file))
                    .found(e.getClass().getSimpleName() + ": " + e.getMessage())
                    .fix("ls -l '%s'".formatted(file))
                    .asException(e);
        }
        var lines = new ArrayList<Line>();
        for (int i = 0; i < text.size(); i++) {
            var words = words(file, i + 1, text.get(i));
            if (words.isEmpty()) continue;
            if (words.size() == 1) {
                throw Problem.of("%s has a setting without a value.".formatted(file))
                        .found("%s:%d   %s".formatted(file, i + 1, text.get(i).strip()))
                        .fix("give it a value or take the line out; man ssh_config")
                        .asException();
            }
            lines.add(new Line(file, i + 1, words.get(0), words.subList(1, words.size())));
        }
        return lines;
    }

    /** Keyword and values are parted by blanks or by one '='; values with blanks stand in double quotes. */
    private static List<String> words(Path file, int number, String line) throws StrixhaloException {
        var words = new ArrayList<String>();
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (blank(c)) {
                i++;
            } else if (c == '#') {
                break;
            } else if (c == '=' && words.size() == 1) {
                i++;
            } else if (c == '"') {
                int end = line.indexOf('"', i + 1);
                if (end < 0) {
                    throw Problem.of("%s has a quote without an end.".formatted(file))
                            .found("%s:%d   %s".formatted(file, number, line.strip()))
                            .fix("close the quote")
                            .asException();
                }
                words.add(line.substring(i + 1, end));
                i = end + 1;
            } else {
                int start = i;
                while (i < line.length() && !blank(line.charAt(i)) && !(line.charAt(i) == '=' && words.isEmpty())) i++;
                words.add(line.substring(start, i));
            }
        }
        return words;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f';
    }
}
