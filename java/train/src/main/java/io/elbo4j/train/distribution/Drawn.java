package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.List;

/** x ~ p, a draw of anything that can be drawn, as data is; no gradient passes through it. */
public final class Drawn extends Value {
    private final Distribution p;

    private Drawn(String name, Distribution p) {
        super(name, p.columns(), p.rows(), p.parameters(), List.of());
        this.p = p;
    }

    /** A draw for each row of p's parameters, at least for each of the batch and its samples. */
    public static Drawn of(String name, Distribution p) {
        requireGiven("name", name);
        require(requireGiven("p", p).isDrawable(), "p", "something that can be drawn", p.getClass().getSimpleName());
        Graph graph = p.parameters().get(0).graph();
        Rows rows = p.rows().union(Rows.of(Axis.BATCH, Axis.SAMPLE));
        return graph.add(new Drawn(name, p.with(v -> graph.repeat(v, rows))));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        p.sample(plan, this, plan.noise(this, rows()), plan.value(this));
    }
}
