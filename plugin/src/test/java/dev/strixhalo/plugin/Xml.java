package dev.strixhalo.plugin;

import java.io.StringReader;
import org.codehaus.plexus.component.configurator.BasicComponentConfigurator;
import org.codehaus.plexus.configuration.DefaultPlexusConfiguration;
import org.codehaus.plexus.configuration.PlexusConfiguration;
import org.codehaus.plexus.configuration.xml.XmlPlexusConfiguration;
import org.codehaus.plexus.util.xml.Xpp3DomBuilder;

/** Elements of a pom in tests, and objects filled from them by Maven's own code. */
final class Xml {
    private Xml() {}

    static PlexusConfiguration read(String text) throws Exception {
        return new XmlPlexusConfiguration(Xpp3DomBuilder.build(new StringReader(text)));
    }

    /** Fills an object as Maven does. */
    static <T> T fill(T target, String text) throws Exception {
        new BasicComponentConfigurator().configureComponent(target, read(text), null);
        return target;
    }

    /** A configuration as one line: {@code configuration(port=1 nodes(node(host=a)))}. */
    static String text(PlexusConfiguration element) {
        var words = new StringBuilder(element.getName());
        if (element.getValue() != null && !element.getValue().isBlank())
            words.append('=').append(element.getValue().strip());
        if (element.getChildCount() > 0) {
            words.append('(');
            for (var child : element.getChildren()) {
                if (words.charAt(words.length() - 1) != '(') words.append(' ');
                words.append(text(child));
            }
            words.append(')');
        }
        return words.toString();
    }

    static PlexusConfiguration empty() {
        return new DefaultPlexusConfiguration("configuration");
    }
}
