package io.elbo4j.train.model;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The components of a model's settings, seen from outside. */
public final class Settings {
    private Settings() {}

    /** Those that can be asked for: with a {@link Setting}, in their order. */
    public static List<RecordComponent> options(Class<? extends Record> settings) {
        return Arrays.stream(settings.getRecordComponents()).filter(c -> c.isAnnotationPresent(Setting.class)).toList();
    }

    /** All values, by the names of the components, in their order. */
    public static Map<String, Object> values(Record settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        try {
            for (RecordComponent c : settings.getClass().getRecordComponents()) {
                c.getAccessor().setAccessible(true);
                values.put(c.getName(), c.getAccessor().invoke(settings));
            }
            return values;
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw inaccessible(settings.getClass(), e);
        }
    }

    /**
     * The same settings with other values of some components.
     *
     * @throws io.elbo4j.ArgumentException if the settings refuse them
     */
    public static <S extends Record> S with(S settings, Map<String, Object> changed) {
        Map<String, Object> values = values(settings);
        values.putAll(changed);
        @SuppressWarnings("unchecked")
        Class<S> type = (Class<S>) settings.getClass();
        try {
            Constructor<S> constructor = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values.values().toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw inaccessible(type, e);
        }
    }

    private static IllegalArgumentException inaccessible(Class<?> settings, Exception e) {
        return new IllegalArgumentException(settings.getName()
                + ", a model's settings, must be public, in a package that is exported", e);
    }
}
