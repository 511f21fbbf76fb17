package io.elbo4j.train.estimator;

import io.elbo4j.Activation;
import io.elbo4j.train.estimator.Estimator.Bound;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.ScoreFunction;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Sgd;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The score function with baselines that a model does not have: they are learned before it is measured. */
final class Baselines {
    private static final String AVERAGE = "moving.baseline";
    private static final String NETWORK = "learned.baseline";
    /** What an update adds to the moving average, of which the rest stays: as in Pyro. */
    private static final double SHARE = 0.1;
    private static final int UNITS = 100;
    private static final double LEARNING_RATE = 0.01;

    private final Graph graph;
    private final Value average;

    /** @param graph with a score; it gets one more parameter */
    Baselines(Graph graph) {
        this.graph = graph;
        average = LearnedRow.of(graph, AVERAGE, 1, 0);
    }

    private Training training(Objective objective, String name) {
        Set<Parameter> parameters = graph.parameters().stream().filter(p -> p.name().startsWith(name)).collect(
                Collectors
                        .toSet());
        // half the squared error of one number, by plain gradient descent, makes it a moving average
        return Training.of(objective, name.equals(AVERAGE) ? new Sgd(SHARE) : new Adam(LEARNING_RATE)).withName(name)
                .withParameters(parameters);
    }

    /** One number for all rows. */
    Estimator moving() {
        ScoreFunction objective = new ScoreFunction().withBaseline(average);
        return new Estimator("score function, a moving average as a baseline", Bound.ELBO, false, graph, objective, 1)
                .withLearned(List.of(training(objective, AVERAGE)));
    }

    /** The same, and a network of x for what is left (Mnih and Gregor 2014, section 2.3.1). */
    Estimator learned() {
        Value x = graph.all(Input.class).get(0);
        Value network = Dense.of(NETWORK + ".output", Dense.of(NETWORK + ".hidden", x, UNITS, Activation.TANH), 1,
                Activation.IDENTITY);
        ScoreFunction objective = new ScoreFunction().withBaseline(Add.of(network, average));
        return new Estimator("score function, a learned baseline", Bound.ELBO, false, graph, objective, 1).withLearned(
                List.of(training(objective, AVERAGE), training(objective, NETWORK)));
    }
}
