package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.objective.WeightedSum;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What agents that learn the value of each of several actions have in common: a network Q of all of them, a copy Q'
 * that is set to it now and then, and, with sg(.) a constant, the loss
 *
 * <pre>
 *   (Q(s, a) - sg(y))^2,  y = r + discount (1 - terminated) V'(s')
 * </pre>
 *
 * <p>It is the square, whose minimum is the mean of y: a clipped error, as in Mnih et al. 2015, has another one where
 * what follows is by chance.
 *
 * <p>The policy that is used later has the average of Q's parameters (Polyak and Juditsky 1992): what one network
 * forgets in its last updates does not decide.
 *
 * <p>They differ in V' and in how they explore. What was truncated has a value after it, what has terminated has none.
 */
public abstract class QLearning extends Learner {
    private final int count;

    /**
     * @param copyEvery updates after which the copy is set
     * @param averageRate at which the average moves to the network then
     * @param value V of the values of all actions, a number a row
     * @throws io.elbo4j.ArgumentException if the actions are not discrete
     */
    QLearning(Settings settings, int copyEvery, double averageRate, Space observations, Space actions, Backend backend,
            long seed, UnaryOperator<Value> value) {
        super(settings, observations, actions, count(actions), backend, seed, (graph, transition) -> describe(graph,
                transition, settings.learning(), copyEvery, averageRate, backend, value));
        this.count = count(actions);
    }

    static int count(Space actions) {
        require(requireGiven("actions", actions) instanceof Space.Discrete, "actions", "one of several", actions);
        return ((Space.Discrete) actions).count();
    }

    private static Described describe(Graph graph, Transition t, Learning learning, int copyEvery, double averageRate,
            Backend backend, UnaryOperator<Value> value) {
        long seen = t.observation().columns();
        long count = t.action().columns();
        Value values = new Network("q", seen, learning.widths(), count).apply(t.observation());
        Value after = new Network("target", seen, learning.widths(), count).apply(t.next());
        Value y = Add.of(t.reward(), Scale.of(Multiply.of(t.continues(), value.apply(after)), (float) learning
                .discount(), 0));
        Loss.squaredError("error", RowSum.of(Multiply.of(values, t.action())), StopGradient.of(y));
        Value average = new Network("average", seen, learning.widths(), count).apply(t.observation());
        return new Described(List.of(training(graph, "q", new WeightedSum().with("error", Term.Role.LOSS, 1),
                learning)), parameters -> List.of(new Copy(backend, parameters, "q", "target"), Copy.following(backend,
                        parameters, "q", "average", averageRate)), copyEvery, values, average);
    }

    /**
     * Chooses an action.
     *
     * @param q values of all actions
     * @param decision the number of this decision
     */
    abstract int choose(float[] q, long decision, Draws draws);

    @Override
    final void explore(float[] q, long number, Draws draws, float[] action) {
        action[0] = choose(q, number, draws);
    }

    /** By the largest Q. */
    @Override
    final void best(float[] q, float[] chosen) {
        for (int r = 0; r < chosen.length; r++) {
            chosen[r] = largest(q, r * count, count);
        }
    }

    @Override
    final float[] inside(float[] action) {
        float[] columns = new float[count];
        columns[(int) action[0]] = 1;
        return columns;
    }

    static int largest(float[] q, int begin, int count) {
        int best = 0;
        for (int a = 1; a < count; a++) {
            if (q[begin + a] > q[begin + best]) {
                best = a;
            }
        }
        return best;
    }
}
