package io.elbo4j.train.model;

/**
 * A kind of model that says its defaults and how to create one; the rest it is told.
 *
 * @param <S> its settings, see {@link ModelKind}
 */
public abstract class NamedKind<S extends Record> implements ModelKind<S> {
    private final String name;
    private final String description;
    private final Class<S> settings;

    /** See the methods of these names. */
    protected NamedKind(String name, String description, Class<S> settings) {
        this.name = name;
        this.description = description;
        this.settings = settings;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public final Class<S> settings() {
        return settings;
    }
}
