package io.elbo4j.control.agent;

import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.model.Settings;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The components of an agent's settings seen from outside, those of records among them in the place of these. Of a
 * {@link Search} its kind comes first.
 */
public final class AgentSettings {
    private static final String SEARCH = "search";

    private AgentSettings() {}

    /** What can be asked for: with a {@link Setting}, in their order. The value of a {@link Search} is its kind. */
    public static List<RecordComponent> options(SavableAgent.Settings settings) {
        return options((Record) settings).toList();
    }

    private static Stream<RecordComponent> options(Record record) {
        Map<String, Object> values = Settings.values(record);
        return Arrays.stream(record.getClass().getRecordComponents()).flatMap(c -> {
            Stream<RecordComponent> own = Stream.of(c).filter(one -> one.isAnnotationPresent(Setting.class));
            return values.get(c.getName()) instanceof Record within ? Stream.concat(own, options(within)) : own;
        });
    }

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
