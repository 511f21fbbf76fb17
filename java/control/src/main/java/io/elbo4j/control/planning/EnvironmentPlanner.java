package io.elbo4j.control.planning;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Simulation;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.evaluation.StatePolicy;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Plans with the environment itself, for episodes that begin together: the first action of the best plan is taken, then
 * it plans anew. It bounds what the same search can reach with a model. The environment's noise in its plans is another
 * one than outside. After a terminal state there are no rewards. As many threads as the backend has step the
 * environment.
 */
public final class EnvironmentPlanner implements StatePolicy, AutoCloseable {
    private final Environment environment;
    private final Space.Box actions;
    private final int rows;
    private final Iteration iteration;
    private final Parameters none;
    private final Step draw;
    private final Step refit;
    private final Decisions decisions;
    private final long seed;
    private final float[] returns;
    private final ForkJoinPool threads;

    /**
     * @param horizon steps of a plan, at least 1
     * @param rows episodes at a time
     * @throws io.elbo4j.ArgumentException if the actions are no box
     */
    public EnvironmentPlanner(Search search, Environment environment, int horizon, int rows, Backend backend,
            long seed) {
        requireGiven("environment", environment);
        requireGiven("backend", backend);
        require(rows >= 1, "rows", "at least 1", rows);
        int most = Integer.MAX_VALUE / requireGiven("search", search).population();
        require(rows <= most, "rows", "at most " + most + ", with " + search.population() + " plans", rows);
        this.environment = environment;
        this.actions = Space.Box.bounded("actions of the environment", environment.actions());
        this.rows = rows;
        this.seed = seed;
        Graph graph = new Graph();
        this.iteration = Iteration.outside(graph, search, horizon, actions.columns());
        this.none = new Parameters(backend, List.of(), seed);
        this.draw = Step.of(graph, none, backend).rows(rows).samples(search.population()).seed(seed).want(iteration
                .plans()).compile();
        this.refit = Step.of(graph, none, backend).rows(rows).samples(search.population()).given(iteration.plans())
                .want(iteration.next().mean(), iteration.next().deviation()).compile();
        this.decisions = new Decisions(iteration, refit);
        this.returns = new float[rows * search.population()];
        this.threads = new ForkJoinPool(backend.threads());
    }

    @Override
    public void begin() {
        decisions.forget();
        decisions.goOn(0);
    }

    /** @throws io.elbo4j.train.NonFiniteException if no plan has a return that is a number */
    @Override
    public void act(Simulation batch, float[] observations, float[] chosen) {
        require(batch.rows() == rows, "batch", rows + " copies", batch.rows());
        String name = batch.environment().name();
        require(name.equals(environment.name()), "batch", "copies of " + environment.name(), name);
        decisions.begin();
        for (int i = 0; i < iteration.search().iterations(); i++) {
            long number = decisions.number(i);
            Rows.copy(refit.value(iteration.mean()), draw.value(iteration.mean())).run();
            Rows.copy(refit.value(iteration.deviation()), draw.value(iteration.deviation())).run();
            draw.run(number);
            Rows.copy(draw.value(iteration.plans()), refit.value(iteration.plans())).run();
            float[] plans = draw.value(iteration.plans()).toArray();
            // rows know nothing of each other, so that any number of threads has the same bits
            threads.submit(() -> IntStream.range(0, rows).parallel().forEach(r -> evaluate(r, batch.state(r), plans,
                    number))).join();
            refit.value(iteration.returns()).set(returns);
            refit.run(number);
            decisions.take();
        }
        float[] first = decisions.end(decisions.plans(returns, () -> "those of environment '" + environment.name()
                + "'"));
        float[] action = new float[actions.columns()];
        for (int r = 0; r < rows; r++) {
            actions.unscale(first, r * action.length, action);
            System.arraycopy(action, 0, chosen, r * action.length, action.length);
        }
    }

    private void evaluate(int row, double[] from, float[] plans, long number) {
        Draws draws = new Draws(seed, "planned noise");
        float[] action = new float[actions.columns()];
        int population = iteration.search().population();
        for (int k = row * population; k < (row + 1) * population; k++) {
            double[] state = from.clone();
            double sum = 0;
            for (int t = 0; t < iteration.horizon() && !environment.terminated(state); t++) {
                actions.unscale(plans, (k * iteration.horizon() + t) * action.length, action);
                sum += environment.step(state, action, draws.at(k, number, t));
            }
            // nothing is worse than what has no number
            returns[k] = Double.isNaN(sum) ? Float.NEGATIVE_INFINITY : (float) sum;
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        refit.close();
        draw.close();
        none.close();
    }
}
