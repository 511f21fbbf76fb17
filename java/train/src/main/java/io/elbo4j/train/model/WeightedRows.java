package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.distribution.OptimalGaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.RowWeighted;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.schedule.Schedule;
import java.util.Map;

/**
 * A model for data whose rows have weights: its objective is {@link RowWeighted}, 1/B sum of w ELBO over the B rows
 * of a batch. The graph of the model gets an input {@value #WEIGHT}, one column of numbers that are at least 0: data
 * has them as an array of that name, with a mean of 1 if the learning rate is to have the effect that it has without
 * weights. Evaluations count each row once.
 */
public final class WeightedRows implements Model {
    /** Name of the input, and of the array of the data. */
    public static final String WEIGHT = "weight";

    private final Model of;
    private final Value weight;

    /**
     * @throws io.elbo4j.ArgumentException if parameters of the model belong to rows of the data, or its likelihood has
     * one variance for the rows of a batch, which counts each of them once
     */
    public WeightedRows(Model of) {
        require(of.local().isEmpty(), "of", "a model without parameters of single rows", of.settings());
        require(!OptimalGaussian.isIn(of.graph()), "likelihood",
                "another one than sigma-vae, whose variance counts each"
                        + " row of a batch once, for rows with weights", "sigma-vae");
        this.of = of;
        this.weight = of.graph().input(WEIGHT, 1, Rows.of(Axis.BATCH), Support.NON_NEGATIVE);
    }

    @Override
    public Record settings() {
        return of.settings();
    }

    @Override
    public Graph graph() {
        return of.graph();
    }

    @Override
    public Map<String, Value> outputs() {
        return of.outputs();
    }

    /**
     * @throws io.elbo4j.ArgumentException if the objective is a bound of several samples, which weighs them later, or
     * learns by the score function, as that of categorical-vae does, whose baseline is of rows that count once
     */
    @Override
    public Objective objective(ObjectiveKind kind, Schedule klWeight, double freeBits) {
        require(kind.hasKlWeight(), "objective", "one whose terms add up, as elbo does, for rows with weights",
                kind.inWords());
        Objective own = of.objective(kind, klWeight, freeBits);
        require(!(own instanceof ScoreFunction), "model", "one that does not learn by the score function, for rows with"
                + " weights", Models.of(of.settings()).name());
        return new RowWeighted(own, weight);
    }

    @Override
    public boolean isSampled() {
        return of.isSampled();
    }

    @Override
    public void check(TrainingSettings training) {
        of.check(training);
    }

    @Override
    public String advice() {
        return of.advice();
    }
}
