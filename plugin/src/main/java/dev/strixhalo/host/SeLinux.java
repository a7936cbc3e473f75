package dev.strixhalo.host;

import java.util.List;

/**
 * SELinux on a node.
 *
 * @param mode    {@code Enforcing}, {@code Permissive} or {@code Disabled}
 * @param denials lines of the journal about containers since the last boot; empty too where the user may not read it
 */
public record SeLinux(String mode, List<String> denials) {
    public SeLinux {
        denials = List.copyOf(denials);
    }

    static Reading<SeLinux> parse(LookOutput output) {
        return output.reading("selinux", "getenforce", answer -> {
            var mode = answer.text();
            if (!mode.matches("Enforcing|Permissive|Disabled")) {
                return Reading.absent("'getenforce' said '%s'".formatted(mode));
            }
            var denials = output.find("denials").map(LookOutput.Answer::lines).orElse(List.of()).stream()
                    .filter(line -> line.contains("denied"))
                    .toList();
            return Reading.of(new SeLinux(mode, denials));
        });
    }
}
