package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Properties;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.ConfigurationContainer;
import org.apache.maven.model.Plugin;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.descriptor.MojoDescriptor;
import org.apache.maven.plugin.descriptor.Parameter;
import org.apache.maven.project.MavenProject;
import org.codehaus.plexus.classworlds.realm.ClassRealm;
import org.codehaus.plexus.component.configurator.BasicComponentConfigurator;
import org.codehaus.plexus.component.configurator.ComponentConfigurationException;
import org.codehaus.plexus.component.configurator.ConfigurationListener;
import org.codehaus.plexus.component.configurator.expression.ExpressionEvaluationException;
import org.codehaus.plexus.component.configurator.expression.ExpressionEvaluator;
import org.codehaus.plexus.configuration.DefaultPlexusConfiguration;
import org.codehaus.plexus.configuration.PlexusConfiguration;
import org.codehaus.plexus.util.xml.Xpp3Dom;
import org.jspecify.annotations.Nullable;

/**
 * Fills the parameters of our goals: user property before pom before default, and nothing unknown passed over. Maven finds
 * it by {@code META-INF/plexus/components.xml} (an annotation alone is not seen in a plugin). What is wrong is not thrown
 * from here, since Maven would wrap it in words of its own, but given to the goal, which tells it and ends.
 */
public final class StrixhaloConfigurator extends BasicComponentConfigurator {
    @Override
    public void configureComponent(
            Object component,
            PlexusConfiguration configuration,
            ExpressionEvaluator evaluator,
            ClassRealm realm,
            @Nullable ConfigurationListener listener)
            throws ComponentConfigurationException {
        var goal = (Goal) component;
        try {
            var session = (MavenSession) evaluator.evaluate("${session}");
            var execution = (MojoExecution) evaluator.evaluate("${mojoExecution}");
            var descriptor = execution.getMojoDescriptor();
            var all = new LinkedHashMap<String, Shape>();
            for (var any : descriptor.getPluginDescriptor().getMojos())
                parameters(any, realm).elements().forEach(all::putIfAbsent);
            var mine = parameters(descriptor, realm);
            var user = new UserProperties(session.getUserProperties());

            var check = new ConfigurationCheck(new Shape.Fields(all));
            checkPom(session.getCurrentProject(), descriptor, check);
            var effective = user.over(configuration, mine);
            checkValues(effective, mine, UserProperties.PREFIX, user, evaluator, check);
            var problems = new ArrayList<>(check.problems());
            problems.addAll(user.unknown(new Shape.Fields(all), declared(session)));

            super.configureComponent(goal, without(effective, mine), evaluator, realm, listener);
            if (problems.isEmpty()) {
                fill(goal, effective, evaluator, realm, listener);
            } else {
                goal.refuse(new StrixhaloException(problems, "Nothing was done.", null));
            }
        } catch (ExpressionEvaluationException | ClassNotFoundException | NoSuchFieldException e) {
            throw new ComponentConfigurationException("the parameters of " + goal.getClass(), e);
        }
    }

    private void fill(
            Goal goal,
            PlexusConfiguration effective,
            ExpressionEvaluator evaluator,
            ClassRealm realm,
            @Nullable ConfigurationListener listener) {
        try {
            super.configureComponent(goal, effective, evaluator, realm, listener);
        } catch (ComponentConfigurationException e) {
            goal.refuse(Problem.of("A parameter has a value that cannot be read.")
                    .found(String.valueOf(e.getMessage()))
                    .fix("mvn strixhalo:help -Ddetail says what each parameter takes")
                    .asException(e));
        }
    }

    /** The elements that a goal knows; what Maven itself injects is none of them. */
    private static Shape.Fields parameters(MojoDescriptor goal, ClassRealm realm)
            throws ClassNotFoundException, NoSuchFieldException {
        var shapes = new LinkedHashMap<String, Shape>();
        var type = realm.loadClass(goal.getImplementation());
        var parameters = goal.getParameters();
        // The generated help goal is none of ours: what it takes comes from the command line only.
        if (parameters == null || !Goal.class.isAssignableFrom(type)) return new Shape.Fields(shapes);
        for (Parameter parameter : parameters) {
            if (parameter.isEditable()) shapes.put(parameter.getName(), shape(type, parameter.getName()));
        }
        return new Shape.Fields(shapes);
    }

    private static Shape shape(Class<?> goal, String name) throws NoSuchFieldException {
        for (Class<?> at = goal; at != null; at = at.getSuperclass()) {
            for (var field : at.getDeclaredFields()) if (field.getName().equals(name)) return Shape.of(field);
        }
        throw new NoSuchFieldException(goal + " has no field " + name);
    }

    /** Looks at all that the pom says to this plugin: Maven hands a goal only what the goal knows. */
    private static void checkPom(@Nullable MavenProject project, MojoDescriptor goal, ConfigurationCheck check) {
        if (project == null) return;
        Plugin plugin = project.getPlugin(goal.getPluginDescriptor().getPluginLookupKey());
        if (plugin == null) return;
        checkPart(plugin, "configuration", check);
        for (var execution : plugin.getExecutions()) {
            checkPart(execution, "execution[%s]/configuration".formatted(execution.getId()), check);
        }
    }

    private static void checkPart(ConfigurationContainer part, String where, ConfigurationCheck check) {
        if (part.getConfiguration() instanceof Xpp3Dom dom) check.elements(copy(dom), where);
    }

    private static PlexusConfiguration copy(Xpp3Dom dom) {
        var element = new DefaultPlexusConfiguration(dom.getName(), dom.getValue());
        for (var attribute : dom.getAttributeNames()) element.setAttribute(attribute, dom.getAttribute(attribute));
        for (var child : dom.getChildren()) element.addChild(copy(child));
        return element;
    }

    private static void checkValues(
            PlexusConfiguration element,
            Shape shape,
            String property,
            UserProperties user,
            ExpressionEvaluator evaluator,
            ConfigurationCheck check)
            throws ExpressionEvaluationException {
        if (shape instanceof Shape.Text text) {
            var value = element.getValue() == null ? null : evaluator.evaluate(element.getValue());
            if (value == null || value.toString().isBlank()) return;
            var from = user.has(property) ? "-D" + property : "the pom";
            check.value(element.getName(), text.type(), value.toString().strip(), from);
        } else if (shape instanceof Shape.Fields fields) {
            for (var child : element.getChildren()) {
                var known = fields.elements().get(child.getName());
                if (known != null) checkValues(child, known, property + "." + child.getName(), user, evaluator, check);
            }
        } else if (shape instanceof Shape.ListOf list) {
            var items = element.getChildren();
            for (int i = 0; i < items.length; i++) {
                checkValues(items[i], list.item(), property + "." + (i + 1), user, evaluator, check);
            }
        }
    }

    /** What Maven itself injects; without it a goal could not even tell what is wrong. */
    private static PlexusConfiguration without(PlexusConfiguration effective, Shape.Fields users) {
        var rest = new DefaultPlexusConfiguration(effective.getName());
        for (var child : effective.getChildren()) {
            if (!users.elements().containsKey(child.getName())) rest.addChild(child);
        }
        return rest;
    }

    private static Properties declared(MavenSession session) {
        var all = new Properties();
        List<MavenProject> projects = session.getProjects();
        if (projects != null)
            projects.forEach(project -> all.putAll(project.getModel().getProperties()));
        return all;
    }
}
