package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model that is written down in its constructor: nodes of {@link #graph}, and {@link #outputs} by their names. */
public abstract class GraphModel<S extends Record> implements Model {
    protected final Graph graph = new Graph();
    protected final S settings;
    protected final Map<String, Value> outputs = new LinkedHashMap<>();

    protected GraphModel(S settings) {
        this.settings = requireGiven("settings", settings);
    }

    @Override
    public final S settings() {
        return settings;
    }

    @Override
    public final Graph graph() {
        return graph;
    }

    @Override
    public final Map<String, Value> outputs() {
        return Collections.unmodifiableMap(outputs);
    }
}
