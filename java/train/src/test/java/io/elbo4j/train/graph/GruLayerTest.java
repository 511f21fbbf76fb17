package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.Unflatten;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GruLayerTest {
    private static final int STEPS = 3;
    private static final int COLUMNS = 3;
    private static final int UNITS = 4;

    private final Graph g = new Graph();

    private static Gru gru(boolean normalised, String name, long inputs) {
        return normalised ? Gru.normalised(name, inputs, UNITS) : new Gru(name, inputs, UNITS);
    }

    /** An encoder over the steps, and a decoder whose first state and inputs are functions of z. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradients(boolean normalised) {
        Value row = g.input("x", STEPS * COLUMNS);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Value inputs = Dense.of("inputs", x, 5, Activation.RELU);
        Value states = gru(normalised, "encoder", 5).apply(inputs);
        Value z = g.latent("z", DiagonalGaussian.of("q", Flatten.of(states, Axis.TIME), 2));
        Value first = Dense.of("first", z, UNITS, Activation.TANH);
        Value again = gru(normalised, "decoder", 2).apply(g.repeat(z, z.rows().union(Rows.of(Axis.TIME))), Optional.of(
                first), Optional.empty());
        Value logits = Dense.of("logits", again, COLUMNS, Activation.IDENTITY);
        g.observe("o", new Bernoulli(Flatten.of(logits, Axis.TIME)), row);
        FiniteDifferences.check("gated recurrent units, normalised " + normalised, g, 5);
    }

    /** Sequences that begin at steps which the data says, with a state of their own at first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void beginnings(boolean normalised) {
        Value row = g.input("x", STEPS * COLUMNS);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Value begins = Unflatten.of(g.input("begins", STEPS), Axis.TIME, STEPS);
        Value first = Dense.of("first", row, UNITS, Activation.TANH);
        Value states = gru(normalised, "encoder", COLUMNS).apply(x, Optional.of(first), Optional.of(begins));
        Value z = g.latent("z", DiagonalGaussian.of("q", Flatten.of(states, Axis.TIME), 2));
        g.observe("o", new Bernoulli(Dense.of("logits", z, STEPS * COLUMNS, Activation.IDENTITY)), row);
        FiniteDifferences.check("units that begin anew, normalised " + normalised, g, 5);
    }

    /** Steps one by one are the steps of a sequence, and each gets its gradient. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepByStep(boolean normalised) {
        Value x = g.input("x", COLUMNS);
        Gru layer = gru(normalised, "unit", COLUMNS);
        Value h = Dense.of("first", x, UNITS, Activation.TANH);
        Value once = layer.step(x, h);
        Value twice = layer.step(x, once);
        Value z = g.latent("z", DiagonalGaussian.of("q", Concatenate.of("both", once, twice), 2));
        Value after = layer.step(x, Dense.of("of z", z, UNITS, Activation.TANH));
        g.observe("o", new Bernoulli(Dense.of("logits", after, COLUMNS, Activation.IDENTITY)), x);
        FiniteDifferences.check("a unit step by step, normalised " + normalised, g, 5);
    }

    @Test
    void refusals() {
        Value row = g.input("x", STEPS * COLUMNS);
        Value x = Unflatten.of(row, Axis.TIME, STEPS);
        Gru layer = new Gru("unit", COLUMNS, UNITS);
        refused("layer 'unit' takes a value whose innermost axis is TIME, 'x' has 9 and rows of BATCH", () -> layer
                .apply(row));
        refused("layer 'unit' takes 3 columns, 'x' has 9 and rows of BATCH", () -> layer.step(row, row));
        refused("layer 'unit' takes 4 columns for its first state, with rows of BATCH, 'x' has 9 and rows of BATCH",
                () -> layer.apply(x, Optional.of(row), Optional.empty()));
        refused("layer 'unit' takes 1 column of where sequences begin, with rows of BATCH x TIME, 'x' has 9 and rows"
                + " of BATCH", () -> layer.apply(x, Optional.empty(), Optional.of(row)));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
