package io.elbo4j.control.agent;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonSerializer;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.train.checkpoint.RecordReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Records of which two components are an agent's name and its settings, as JSON. A {@link Search} among these is an
 * object with its kind:
 *
 * <pre>
 *   {"agent": "pets", "settings": {"search": {"kind": "cross-entropy", "population": 60, ...}, ...}, ...}
 * </pre>
 */
public final class AgentJson {
    private static final String KIND = "kind";
    /** Files from before there were these can be read. */
    private static final Map<String, Object> DEFAULTS = Map.of("stage.losses", List.of());
    private static final Gson PLAIN = new GsonBuilder().serializeSpecialFloatingPointValues().create();
    private static final Gson GSON = PLAIN.newBuilder().registerTypeHierarchyAdapter(Search.class,
            (JsonSerializer<Search>) (search, type, context) -> {
                JsonObject json = new JsonObject();
                json.addProperty(KIND, SearchKind.of(search).words());
                PLAIN.toJsonTree(search).getAsJsonObject().asMap().forEach(json::add);
                return json;
            }).create();

    private AgentJson() {}

    /** All that is read at first. */
    public record Named(String agent) {}

    /** All that is read then, of an agent that searches. */
    public record Searching(Searches settings) {}

    /** Its settings. */
    public record Searches(Kind search) {}

    /** Its search. */
    public record Kind(String kind) {}

    /** @throws io.elbo4j.ArgumentException if it has a search that is not of {@link SearchKind} */
    public static String write(Record record) {
        return GSON.toJson(record);
    }

    /** @throws IllegalArgumentException saying what is wrong in the rest of a sentence that begins "its metadata" */
    public static <T extends Record> T read(Class<T> type, String json) {
        Class<? extends Record> settings = ((Record) AgentKind.named(RecordReader.read(Named.class, json, Map.of())
                .agent()).defaults()).getClass();
        Map<Class<?>, Class<? extends Record>> open = new HashMap<>(Map.of(Record.class, settings));
        if (Arrays.stream(settings.getRecordComponents()).anyMatch(c -> c.getType() == Search.class)) {
            String kind = RecordReader.read(Searching.class, json, Map.of()).settings().search().kind();
            open.put(Search.class, ((Record) SearchKind.named(kind).defaults()).getClass());
        }
        return RecordReader.read(type, json, DEFAULTS, open);
    }
}
