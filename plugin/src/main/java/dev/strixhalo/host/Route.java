package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import java.util.ArrayList;
import java.util.List;

/**
 * A way out of a node, as {@code ip -j route} tells it.
 *
 * @param device  the interface that it leaves by
 * @param source  the address that packets leave with; empty when the route names none
 * @param gateway the router on the way; empty when there is none
 */
public record Route(String device, String source, String gateway) {
    static Reading<List<Route>> parse(LookOutput.Answer answer) {
        try {
            var routes = new ArrayList<Route>();
            var text = answer.text();
            for (var route : RecordFile.json().readTree(text.isEmpty() ? "[]" : text)) {
                routes.add(new Route(
                        route.path("dev").asText(),
                        route.path("prefsrc").asText(),
                        route.path("gateway").asText()));
            }
            return Reading.of(List.copyOf(routes));
        } catch (JsonProcessingException e) {
            return Reading.absent("'ip -j route' printed no JSON: " + e.getOriginalMessage());
        }
    }
}
