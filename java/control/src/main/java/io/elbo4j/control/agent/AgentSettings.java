package io.elbo4j.control.agent;

import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.train.model.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The components of an agent's settings seen from outside, those of records among them in the place of these. Of a
 * {@link Search} its kind comes first.
 */
public final class AgentSettings {
    private static final String SEARCH = "search";

    private AgentSettings() {}

    /** All values by name, in their order. */
    public static Map<String, Object> values(SavableAgent.Settings settings) {
        return values((Record) settings);
    }

    private static Map<String, Object> values(Record record) {
        Map<String, Object> all = new LinkedHashMap<>();
        Settings.values(record).forEach((name, value) -> {
            if (value instanceof Search search) {
                all.put(SEARCH, SearchKind.of(search));
            }
            if (value instanceof Record within) {
                all.putAll(values(within));
            } else {
                all.put(name, value);
            }
        });
        return all;
    }

    /**
     * The same with other values of some components.
     *
     * @throws io.elbo4j.ArgumentException if the settings refuse them
     */
    public static <S extends SavableAgent.Settings> S with(S settings, Map<String, Object> changed) {
        @SuppressWarnings("unchecked")
        S same = (S) with((Record) settings, changed);
        return same;
    }

    private static Record with(Record record, Map<String, Object> changed) {
        Map<String, Object> own = new LinkedHashMap<>();
        Settings.values(record).forEach((name, value) -> {
            Object chosen = value instanceof Search search ? search(search, changed) : value;
            if (chosen instanceof Record within) {
                own.put(name, with(within, changed));
            } else if (changed.containsKey(name)) {
                own.put(name, changed.get(name));
            }
        });
        return Settings.with(record, own);
    }

    /** As it is, or the usual one of another kind. */
    private static Search search(Search is, Map<String, Object> changed) {
        SearchKind kind = (SearchKind) changed.getOrDefault(SEARCH, SearchKind.of(is));
        return kind == SearchKind.of(is) ? is : kind.defaults();
    }
}
