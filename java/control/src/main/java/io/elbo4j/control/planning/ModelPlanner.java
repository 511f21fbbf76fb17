package io.elbo4j.control.planning;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;

/**
 * Plans in a model that is a part of the same graph, for episodes that begin together. Plans, their steps through the
 * model, their returns and the choice stay in the backend's memory, the observations go in and the actions come out.
 */
public final class ModelPlanner implements AutoCloseable {
    private final Iteration iteration;
    private final Step step;
    private final Decisions decisions;

    /**
     * @param parameters of the graph
     * @param rows of the batch
     * @param seed of the plans and of all noise in the model
     */
    public ModelPlanner(Iteration iteration, Graph graph, Parameters parameters, int rows, Backend backend, long seed) {
        this.iteration = requireGiven("iteration", iteration);
        this.step = Step.of(graph, parameters, backend).rows(rows).samples(iteration.search().population()).seed(seed)
                .want(iteration.returns(), iteration.next().mean(), iteration.next().deviation()).compile();
        this.decisions = new Decisions(iteration, step);
    }

    /** Sets an input of the model, a row for each of the batch. */
    public void set(Value input, float[] rows) {
        step.value(input).set(rows);
    }

    /** What comes has nothing to do with the plans before, for all rows. */
    public void forget() {
        decisions.forget();
    }

    /**
     * The next decision looks around this plan at first, for all rows.
     *
     * @param plan horizon x columns numbers in [-1, 1]
     */
    public void aim(float[] plan) {
        int numbers = iteration.horizon() * iteration.columns();
        require(plan.length == numbers, "plan", numbers + " numbers", plan.length);
        decisions.aim(plan);
    }

    /** What the next decision looks around at first: a plan for each row, written by whoever goes on. */
    public Matrix around() {
        return decisions.mean();
    }

    /** Decisions so far. */
    public long decided() {
        return decisions.decided();
    }

    /** Goes on after so many decisions. */
    public void goOn(long number) {
        decisions.goOn(number);
    }

    /**
     * Plans from where the inputs are.
     *
     * @return the first action of each row, in [-1, 1]
     * @throws io.elbo4j.train.NonFiniteException if it is not a number, as where the model's parameters are not
     */
    public float[] decide() {
        return decisions.end(search());
    }

    /**
     * Plans once, for all of the horizon.
     *
     * @return the plan of each row, in [-1, 1]
     * @throws io.elbo4j.train.NonFiniteException if it is not a number
     */
    public float[] plan() {
        float[] plans = search();
        decisions.end(plans);
        return plans;
    }

    private float[] search() {
        decisions.begin();
        for (int i = 0; i < iteration.search().iterations(); i++) {
            step.run(decisions.number(i));
            decisions.take();
        }
        return decisions.plans(step.value(iteration.returns()).toArray(), () -> "the model's" + step.firstNonFinite()
                .map(first -> "; the first number that is none is " + first.value() + " in tensor '" + first.tensor()
                        + "'").orElse(""));
    }

    @Override
    public void close() {
        step.close();
    }
}
