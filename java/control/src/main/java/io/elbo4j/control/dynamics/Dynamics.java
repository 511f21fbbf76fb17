package io.elbo4j.control.dynamics;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import java.util.Set;

/**
 * An {@link Ensemble} of how an observation changes and what reward comes with it (Chua et al. 2018, PETS; Janner et
 * al. 2019, MBPO):
 *
 * <pre>
 *   (s' - s, r) ~ N(m(s, a), v(s, a)),  by each member
 * </pre>
 *
 * <p>Where the reward is known it is left out. It knows no terminal states.
 */
public final class Dynamics {
    private final Graph graph;
    private final Ensemble ensemble;
    private final int observation;
    private final boolean rewards;

    /**
     * @param observation columns
     * @param action columns
     * @param rewards whether they are learned
     */
    public Dynamics(Graph graph, String name, int observation, int action, boolean rewards,
            Ensemble.Settings settings) {
        this.graph = graph;
        this.observation = observation;
        this.rewards = rewards;
        this.ensemble = new Ensemble(graph, name, observation + action, observation + (rewards ? 1 : 0), settings);
    }

    /**
     * What the members say of a transition, with rows for each of them.
     *
     * @param expected m, as the next observation
     * @param drawn of each member's Gaussian: the next observation, and the reward where it is learned
     */
    public record Outcome(Value expected, Value drawn) {}

    /**
     * Takes a step.
     *
     * @param name of the noise
     */
    public Outcome step(String name, Value state, Value action) {
        Ensemble.Prediction p = ensemble.predict(Concatenate.of(graph.freeName("observation and action"), state,
                action));
        Value noise = NormalNoise.of(graph, name, p.mean().rows(), p.mean().columns());
        Value drawn = Add.of(p.mean(), Multiply.of(p.deviation(), noise));
        if (!rewards) {
            return new Outcome(Add.of(state, p.mean()), Add.of(state, drawn));
        }
        Value next = Add.of(state, change(name + ".change", drawn));
        return new Outcome(Add.of(state, change(name + ".expected", p.mean())), Concatenate.of(name + ".outcome", next,
                Slice.of(name + ".gained", drawn, observation, observation + 1L)));
    }

    private Value change(String name, Value of) {
        return Slice.of(name, of, 0, observation);
    }

    /** Of what was drawn, or of any rows like it: the next observation. */
    public Value next(String name, Value drawn) {
        return rewards ? change(name, drawn) : drawn;
    }

    /** The reward, where it is learned. */
    public Value reward(String name, Value drawn) {
        require(rewards, "reward", "learned", "given");
        return Slice.of(name, drawn, observation, observation + 1L);
    }

    /**
     * Adds the loss of its members.
     *
     * @param drawn a column for each member: how often it has drawn the row
     */
    public void observe(Value seen, Value action, Value reward, Value next, Value drawn) {
        Value change = Subtract.of(next, seen);
        ensemble.observe(Concatenate.of(graph.freeName("observation and action"), seen, action), rewards ? Concatenate
                .of("change and reward", change, reward) : change, drawn);
    }

    /** What it minimises. */
    public Objective objective() {
        return ensemble.objective();
    }

    /** The parameters that are trained. */
    public Set<Parameter> parameters() {
        return ensemble.parameters();
    }

    /** Normalises by these transitions from now on: rows of each, one after the other. */
    public void normalise(Parameters of, float[] seen, float[] actions, float[] gained, float[] after) {
        float[] changes = after.clone();
        for (int i = 0; i < changes.length; i++) {
            changes[i] -= seen[i];
        }
        int rows = seen.length / observation;
        ensemble.normalise(of, beside(rows, seen, actions), rewards ? beside(rows, changes, gained) : changes);
    }

    private static float[] beside(int rows, float[] first, float[] second) {
        int a = first.length / rows;
        int b = second.length / rows;
        float[] both = new float[first.length + second.length];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(first, r * a, both, r * (a + b), a);
            System.arraycopy(second, r * b, both, r * (a + b) + a, b);
        }
        return both;
    }
}
