package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.objective.Elbo;
import java.util.List;
import java.util.Set;

/**
 * Scores rows one at a time: their ELBO with one sample of the latent variable, the same noise for each. It is one
 * thread's at a time; while it runs, no other thread may train the parameters.
 */
public final class Scorer implements AutoCloseable {
    private final OneRow row;
    private final List<Term> terms;
    private final double logVolume;

    /** @param standardisation that of the training data: rows are given, and scored, as they are */
    public Scorer(Model model, Parameters parameters, Backend backend, long seed, Standardisation standardisation) {
        OneRow.requireNoRows(model, "a Scorer");
        List<Input> inputs = model.graph().all(Input.class);
        long columns = Inputs.columns(model.graph(), Images.X);
        this.logVolume = standardisation.logVolume(Math.toIntExact(columns));
        this.terms = RowTerms.of(model);
        Step step = Step.of(model.graph(), parameters, backend).seed(seed).evaluate(new Elbo()).compile();
        this.row = new OneRow(model, step, Set.copyOf(inputs), standardisation);
    }

    /**
     * Sets another input than x, as a label, for the rows that follow.
     *
     * @throws IllegalArgumentException if the model takes no such input, or no such row there
     */
    public Scorer with(String input, float[] values) {
        row.set(input, values);
        return this;
    }

    /**
     * The terms of a row, in nats.
     *
     * @throws IllegalArgumentException if x has another length than the model takes, or a value that it does not take
     */
    public ElboTerms score(float[] x) {
        return RowTerms.of(row.run(x), terms, 1, logVolume).get(0);
    }

    @Override
    public void close() {
        row.close();
    }
}
