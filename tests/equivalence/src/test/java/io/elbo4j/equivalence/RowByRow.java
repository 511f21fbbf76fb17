package io.elbo4j.equivalence;

import io.elbo4j.Activation;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.model.Model;
import java.util.Map;
import java.util.Optional;

/**
 * Images of 32 x 32 as sequences of their rows: the last state of a recurrent encoder gives q(z | x), z the first state
 * of a recurrent decoder, whose gates are normalised. With resets both begin anew where the middle of a row is not 0:
 * at some steps of most sequences, where the sprite is.
 */
final class RowByRow implements Model {
    private static final int SIDE = 32;
    private static final int UNITS = 24;

    private final Graph graph = new Graph();

    RowByRow(boolean resets) {
        Value x = graph.input(Images.X, SIDE * SIDE);
        Value rows = Unflatten.of(x, Axis.TIME, SIDE);
        Optional<Value> begins = resets ? Optional.of(Slice.of("begins", rows, SIDE / 2, SIDE / 2 + 1)) : Optional
                .empty();
        Value states = Flatten.of(new Gru("encoder", SIDE, UNITS).apply(rows, Optional.empty(), begins), Axis.TIME);
        Value last = Slice.of("last", states, (SIDE - 1) * UNITS, SIDE * UNITS);
        Value z = graph.latent(Z, DiagonalGaussian.of("posterior", last, 4));
        Value first = Dense.of("first", z, UNITS, Activation.TANH);
        Value decoded = Gru.normalised("decoder", 4, UNITS).apply(graph.repeat(z, z.rows().union(Rows.of(Axis.TIME))),
                Optional.of(first), begins);
        Value logits = Dense.of("logits", decoded, SIDE, Activation.IDENTITY);
        graph.observe("reconstruction", new Bernoulli(Flatten.of(logits, Axis.TIME)), x);
    }

    @Override
    public Record settings() {
        return null;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Map<String, Value> outputs() {
        return Map.of();
    }
}
