package dev.strixhalo.plugin;

import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Explains the goals; with -Ddetail every parameter and every element in it too.
 *
 * <p>Not the help goal that Maven's tools generate: that one cannot tell of elements in elements, which most of ours are.
 * It does not go through {@link Goal}, so that it answers whatever is wrong in the pom.
 */
@Mojo(name = "help", requiresProject = false, threadSafe = true)
public final class HelpMojo extends AbstractMojo {
    /** Whether to explain parameters too. */
    @Parameter(property = "detail", defaultValue = "false")
    private boolean detail;

    /** The one goal to explain, for example {@code launch}; all unless set. */
    @Parameter(property = "goal")
    private @Nullable String goal;

    @Parameter(defaultValue = "${plugin}", readonly = true)
    private PluginDescriptor plugin;

    @Override
    public void execute() throws MojoFailureException {
        var help = new HelpText(getClass().getClassLoader());
        if (goal == null) {
            help.paragraph("strixhalo-maven-plugin " + plugin.getVersion());
            help.paragraph(String.valueOf(plugin.getDescription()));
        }
        boolean found = false;
        for (var any : plugin.getMojos()) {
            if (goal != null && !any.getGoal().equals(goal)) continue;
            found = true;
            help.goal(any, detail);
        }
        if (!found) {
            var names = plugin.getMojos().stream()
                    .map(any -> any.getGoal())
                    .sorted()
                    .toList();
            getLog().error("There is no goal '%s'.".formatted(goal));
            getLog().error("  fix     one of: " + String.join(", ", names));
            throw new MojoFailureException("There is no goal '%s'.".formatted(goal));
        }
        help.nested();
        help.paragraph(
                detail
                        ? "What stands after -D wins over the pom, and the pom over the default. Where a name has a number in it, the "
                                + "number is the place in the list, from 1. A comma in an item of a list is written \\, after -D."
                        : "mvn strixhalo:help -Ddetail explains every parameter; with -Dgoal=launch, those of one goal.");
        getLog().info("\n" + help.text());
    }
}
