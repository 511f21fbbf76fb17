package io.elbo4j.train.model;

import io.elbo4j.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds of models that there are: ours, and those of other jars. */
public final class Models {
    private Models() {}

    /**
     * All of them, by name.
     *
     * @throws IllegalArgumentException if one cannot be loaded, or two have the same name
     */
    public static List<ModelKind<?>> all() {
        Map<String, ModelKind<?>> byName = new TreeMap<>();
        for (ModelKind<?> kind : registered()) {
            ModelKind<?> other = byName.putIfAbsent(kind.name(), kind);
            if (other != null && other.getClass() != kind.getClass()) {
                throw new IllegalArgumentException("two kinds of models are named '" + kind.name() + "': "
                        + other.getClass().getName() + " and " + kind.getClass().getName());
            }
        }
        return List.copyOf(byName.values());
    }

    private static List<ModelKind<?>> registered() {
        List<ModelKind<?>> kinds = new ArrayList<>();
        try {
            // a thread's class loader need not know us, and ours need not know the application
            Stream.of(Thread.currentThread().getContextClassLoader(), Models.class.getClassLoader()).distinct()
                    .forEach(loader -> ServiceLoader.load(ModelKind.class, loader).forEach(kinds::add));
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("a kind of model cannot be loaded: " + e.getMessage(), e);
        }
        return kinds;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static ModelKind<?> named(String name) {
        return all().stream().filter(kind -> kind.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no model " + Quoted.of(name)
                        + "; there are " + names()));
    }

    /** The names of all, as in "a, b, c". */
    public static String names() {
        return all().stream().map(ModelKind::name).collect(Collectors.joining(", "));
    }

    /** @throws IllegalArgumentException if no registered kind has such settings */
    @SuppressWarnings("unchecked")
    public static <S extends Record> ModelKind<S> of(S settings) {
        return (ModelKind<S>) all().stream().filter(kind -> kind.settings() == settings.getClass()).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kind of model has settings of "
                        + settings.getClass().getName() + ": name its ModelKind in META-INF/services/"
                        + ModelKind.class.getName()));
    }

    /** The model of these settings. */
    public static <S extends Record> Model create(S settings) {
        return of(settings).create(settings);
    }
}
