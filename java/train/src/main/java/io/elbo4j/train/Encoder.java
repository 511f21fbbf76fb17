package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import java.util.Set;

/**
 * Encodes rows one at a time: the step is compiled once, and goes no further than q(z | x). It is one thread's at a
 * time; while it runs, no other thread may train the parameters.
 */
public final class Encoder implements AutoCloseable {
    private final OneRow row;
    private final Matrix mean;
    private final boolean ofSteps;

    /** @param standardisation that of the training data: rows are given as they are */
    public Encoder(Model model, Parameters parameters, Backend backend, long seed, Standardisation standardisation) {
        OneRow.requireNoRows(model, "an Encoder");
        Value wanted = new Coder(model, parameters, backend, seed).output(Model.POSTERIOR_MEAN);
        Step step = Step.of(model.graph(), parameters, backend).seed(seed).want(wanted).compile();
        this.row = new OneRow(model, step, Inputs.needed(Set.of(wanted), Set.of()), standardisation);
        this.mean = step.value(wanted);
        this.ofSteps = Inputs.ofSteps(wanted);
    }

    /** Latent dimensions; where q has several rows for one of the data, as the steps of a sequence, those of all. */
    public int columns() {
        return Math.toIntExact(mean.rows() * mean.columns());
    }

    /**
     * Sets another input than x, as a label, for the rows that follow.
     *
     * @throws IllegalArgumentException if q(z | x) takes no such input, or no such row there
     */
    public Encoder with(String input, float[] values) {
        row.set(input, values);
        return this;
    }

    /**
     * The mean of q(z | x), NaN for the steps past a sequence's end.
     *
     * @param x one row of data
     * @param z gets {@link #columns} numbers
     * @throws IllegalArgumentException if an array has another length, or x a value that the model does not take:
     *     nothing is computed then
     */
    public void encode(float[] x, float[] z) {
        if (z.length != columns()) {
            throw new IllegalArgumentException("z must hold " + columns() + " numbers, not " + z.length);
        }
        row.run(x);
        System.arraycopy(mean.toArray(), 0, z, 0, z.length);
        if (ofSteps) {
            Sequences.end(z, row.get(Images.MASK));
        }
    }

    @Override
    public void close() {
        row.close();
    }
}
