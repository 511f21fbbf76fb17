package io.elbo4j.control.agent;

import io.elbo4j.train.model.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/** The components of an agent's settings, those of its {@link Learning} among them, seen from outside. */
public final class AgentSettings {
    private static final String LEARNING = "learning";

    private AgentSettings() {}

    /** All values by name, in their order. */
    public static Map<String, Object> values(Learner.Settings settings) {
        Map<String, Object> values = new LinkedHashMap<>(Settings.values(settings.learning()));
        values.putAll(Settings.values((Record) settings));
        values.remove(LEARNING);
        return values;
    }

    /**
     * The same with other values of some components.
     *
     * @throws io.elbo4j.ArgumentException if the settings refuse them
     */
    public static Learner.Settings with(Learner.Settings settings, Map<String, Object> changed) {
        Map<String, Object> own = new LinkedHashMap<>(changed);
        Map<String, Object> learning = new LinkedHashMap<>(changed);
        own.keySet().retainAll(Settings.values((Record) settings).keySet());
        learning.keySet().retainAll(Settings.values(settings.learning()).keySet());
        own.put(LEARNING, Settings.with(settings.learning(), learning));
        return (Learner.Settings) Settings.with((Record) settings, own);
    }
}
