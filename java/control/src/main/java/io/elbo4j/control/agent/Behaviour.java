package io.elbo4j.control.agent;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.network.Network;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.LambdaReturns;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Actor and value of {@link Dreamer}, which learn from what they imagine. With states s_0, ..., s_H that the actor
 * walks through in the model, r, c and v what reward, end and value are expected to be there, and
 *
 * <pre>
 *   R_i = r_i+1 + discount c_i+1 ((1 - lambda) v_i+1 + lambda R_i+1),  R_H = v_H        equation 6
 *   w_i = sg(product over j up to i of c_j discount), c_0 discount^0 first
 *   actor   -mean over i of w_i (R_i - entropy log pi(a_i | s_i))                       equation 7
 *   value    mean over i of w_i (v_i - sg(R_i))^2 / 2                                   equation 8
 * </pre>
 *
 * <p>The actor's gradient comes through the model's draws, which it does not change. sg(.) is a constant.
 */
final class Behaviour implements AutoCloseable {
    /** What the spread of a policy of deviation 1 is made of: see {@link io.elbo4j.operation.TanhGaussian}. */
    private static final float SPREAD_OF_ONE = 0.458145f;
    /** Where means are bounded, as in the published agent. */
    private static final float MOST = 5;

    private final Dreamer.Settings settings;
    final WorldModel model;
    /** With {@link #policy} of its state. */
    final WorldModel.Filtering filtering;
    final TanhGaussian policy;
    final Graph graph = new Graph();
    private final Value start;
    private final Network actor;
    private final Network value;
    private final int acts;
    private Step step;
    private Indices chosen;

    Behaviour(Dreamer.Settings settings, int observations, int acts) {
        this.settings = settings;
        this.acts = acts;
        this.model = new WorldModel(settings.model(), observations, acts);
        int columns = model.space().columns();
        List<Integer> widths = settings.model().widths();
        this.actor = new Network("actor", columns, widths, 2L * acts);
        this.value = new Network("value", columns, widths, 1);
        this.filtering = model.filtering();
        this.policy = policy("policy", filtering.state());
        this.start = graph.input("start", columns);

        int horizon = settings.horizon();
        List<Value> states = new ArrayList<>(List.of(start));
        List<Value> surprise = new ArrayList<>();
        for (int i = 0; i < horizon; i++) {
            Value state = states.get(i);
            TanhGaussian now = policy("policy " + i, StopGradient.of(state));
            surprise.add(now.logProbability());
            states.add(model.imagine("imagined " + i, state, now.action()));
        }
        Value all = Unflatten.of(beside("states", states), Axis.TIME, horizon + 1);
        Value v = Flatten.of(value.apply(all), Axis.TIME);
        Value r = Flatten.of(model.reward(all), Axis.TIME);
        Value c = Flatten.of(model.continues(all), Axis.TIME);
        Value returns = LambdaReturns.of("returns", after(r), Scale.of(after(c), (float) settings.discount(), 0), after(
                v), (float) settings.lambda());
        Value weights = StopGradient.of(weights(c));
        Value gained = Subtract.of(returns, Scale.of(beside("log pi", surprise), (float) settings.entropy(), 0));
        loss("actor", Scale.of(Multiply.of(weights, gained), -1, 0));
        Value error = Subtract.of(Slice.of("values", v, 0, horizon), StopGradient.of(returns));
        loss("value", Scale.of(Multiply.of(weights, Activate.of(error, Activation.SQUARE)), 0.5f, 0));
    }

    /** Of states, tanh of a Gaussian whose means are within 5 and whose deviations are about 1 at first. */
    private TanhGaussian policy(String name, Value state) {
        Value both = actor.apply(state);
        Graph of = both.graph();
        Value means = Scale.of(Activate.of(Scale.of(Slice.of(name + ".means", both, 0, acts), 1 / MOST, 0),
                Activation.TANH), MOST, 0);
        Value spreads = Scale.of(Slice.of(name + ".spreads", both, acts, 2L * acts), 1, SPREAD_OF_ONE);
        return TanhGaussian.of(name, Concatenate.of(of.freeName(name + ".both"), means, spreads));
    }

    /** A column for each of them. */
    private static Value beside(String name, List<Value> values) {
        return values.size() == 1 ? values.get(0) : Concatenate.of(name, values.get(0), values.subList(1, values
                .size()).toArray(Value[]::new));
    }

    /** Without the first column. */
    private static Value after(Value x) {
        return Slice.of(x.name() + ".after", x, 1, x.columns());
    }

    /** c_0, c_0 discount c_1 and so on, without the last. */
    private Value weights(Value continues) {
        List<Value> all = new ArrayList<>();
        Value weight = Slice.of("c 0", continues, 0, 1);
        for (int i = 0; i < settings.horizon(); i++) {
            all.add(weight);
            weight = Scale.of(Multiply.of(weight, Slice.of("c " + (i + 1), continues, i + 1, i + 2)), (float) settings
                    .discount(), 0);
        }
        return beside("weights", all);
    }

    private void loss(String name, Value eachStep) {
        ValueTerm.of(name + " loss", Term.Role.LOSS, Scale.of(RowSum.of(eachStep), 1f / settings.horizon(), 0));
    }

    private Training training(String name, double rate) {
        Set<Parameter> own = graph.parameters().stream().filter(p -> p.name().startsWith(name + ".")).collect(Collectors
                .toSet());
        return Training.of(new WeightedSum().with(name + " loss", Term.Role.LOSS, 1), new Adam(rate)).withName(name)
                .withParameters(own).withMaximumGradientNorm(settings.learning().gradientNorm());
    }

    void compile(Parameters parameters, Backend backend, long seed) {
        int states = settings.learning().batch() * settings.learning().window();
        int[] rows = IntStream.range(0, (states + settings.startEvery() - 1) / settings.startEvery()).map(i -> i
                * settings.startEvery()).toArray();
        chosen = backend.indices(rows.length);
        chosen.set(rows, 0);
        step = Step.of(graph, parameters, backend).rows(rows.length).seed(Draws.seed(seed, "imagination")).minimise(
                training("actor", settings.actorLearningRate())).minimise(training("value", settings
                        .valueLearningRate())).compile();
    }

    /** Imagines from some of these states, and learns. */
    void learn(Matrix states, long number) {
        Rows.gather(states, chosen, step.value(start)).run();
        step.run(number);
    }

    Map<String, Double> losses() {
        return Losses.of(graph, step);
    }

    @Override
    public void close() {
        chosen.close();
        step.close();
    }
}
