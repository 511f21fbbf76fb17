package io.elbo4j.control.agent;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.control.dynamics.Dynamics;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Termination;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Largest;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.SumOver;
import io.elbo4j.train.layer.UniformNoise;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The model of {@link Mbpo}: steps that a policy takes in {@link Dynamics}. Each step of each row takes what one member
 * has drawn, any of them (Janner et al. 2019, appendix B), and no state lies outside the range of the data:
 *
 * <pre>
 *   a ~ pi(s),  i uniform,  (d, r) ~ member i of (s, a),  s' = clip(s + d, least, most of the data)
 * </pre>
 */
final class Imagination implements AutoCloseable {
    private final Transition transition;
    private final Value action;
    final Dynamics model;
    /** How often each member has drawn a row of a batch. */
    private final Value drawn;
    private final boolean bootstrap;
    private final Value reward;
    private final Value next;
    private Parameters parameters;
    private Step training;
    private Step step;
    private Indices starts;

    /** Adds it to an agent's graph. */
    Imagination(Graph graph, Transition transition, Value action, Ensemble.Settings settings, boolean bootstrap) {
        this.transition = transition;
        this.action = action;
        int seen = (int) transition.observation().columns();
        this.model = new Dynamics(graph, "model", seen, (int) action.columns(), true, settings);
        this.bootstrap = bootstrap;
        // without, members begin differently and see the same rows: Lakshminarayanan et al. 2017, section 2.4
        this.drawn = bootstrap ? graph.input("drawn", settings.members()) : ConstantRow.of(graph, "each member once",
                settings.members(), 1);
        model.observe(transition.observation(), transition.action(), transition.reward(), transition.next(), drawn);
        Value outcome = model.step("imagined", transition.observation(), action).drawn();
        Value member = Largest.of(UniformNoise.of(graph, "member", outcome.rows(), 1), Axis.MEMBER, 1);
        Value one = SumOver.of(Multiply.of(Spread.of(member, outcome.columns()), outcome), Axis.MEMBER);
        this.reward = model.reward("imagined reward", one);
        Value least = LearnedRow.of(graph, "model.least", seen, 0);
        Value most = LearnedRow.of(graph, "model.most", seen, 0);
        Value above = Add.of(least, relu(Subtract.of(model.next("imagined next", one), least)));
        this.next = Subtract.of(most, relu(Subtract.of(most, above)));
    }

    private static Value relu(Value x) {
        return Activate.of(x, Activation.RELU);
    }

    /** @param rows of a rollout */
    void compile(Graph graph, Parameters of, Source memory, int batch, double learningRate, int rows, Backend backend,
            long seed) {
        parameters = of;
        StepBuilder learning = Step.of(graph, of, backend).rows(batch).seed(seed).read(memory).minimise(Training.of(
                model
                        .objective(), new Adam(learningRate)).withParameters(model.parameters()));
        training = (bootstrap ? learning.given(drawn) : learning).compile();
        step = Step.of(graph, of, backend).rows(rows).seed(Draws.seed(seed, "imagination")).want(action, reward, next)
                .compile();
        starts = backend.indices(rows);
    }

    /** Normalises by what is remembered, and takes its range. */
    void know(Map<String, Matrix> rows) {
        float[] seen = rows.get(transition.observation().name()).toArray();
        float[] after = rows.get(transition.next().name()).toArray();
        model.normalise(parameters, seen, rows.get(transition.action().name()).toArray(), rows.get(transition.reward()
                .name()).toArray(), after);
        int columns = (int) transition.observation().columns();
        float[] least = Arrays.copyOf(seen, columns);
        float[] most = least.clone();
        for (float[] all : new float[][] {seen, after}) {
            for (int i = 0; i < all.length; i++) {
                least[i % columns] = Math.min(least[i % columns], all[i]);
                most[i % columns] = Math.max(most[i % columns], all[i]);
            }
        }
        parameters.all().forEach(s -> {
            if (s.parameter().name().equals("model.least")) {
                s.value().set(least);
            } else if (s.parameter().name().equals("model.most")) {
                s.value().set(most);
            }
        });
    }

    /**
     * Makes an update of the model.
     *
     * @param weights how often each member has drawn each row, for bootstrap samples
     */
    void learn(int[] rows, float[] weights, long number) {
        if (bootstrap) {
            training.value(drawn).set(weights);
        }
        training.rows(rows, 0).run(number);
    }

    /** Begins at these rows of what was seen. */
    void begin(Matrix observations, int[] rows) {
        starts.set(rows, 0);
        Rows.gather(observations, starts, step.value(transition.observation())).run();
    }

    /**
     * Takes a step of all rows. One that has terminated stays where it was.
     *
     * @param number by which its noise is keyed
     * @param into columns of the memory
     */
    void step(long number, Map<String, Matrix> into, Optional<Termination> termination) {
        step.run(number);
        Matrix state = step.value(transition.observation());
        Rows.copy(state, into.get(transition.observation().name())).run();
        Rows.copy(step.value(action), into.get(transition.action().name())).run();
        Rows.copy(step.value(reward), into.get(transition.reward().name())).run();
        Rows.copy(step.value(next), into.get(transition.next().name())).run();
        Matrix goesOn = into.get(transition.continues().name());
        if (termination.isEmpty()) {
            Rows.fill(1, goesOn).run();
            Rows.copy(step.value(next), state).run();
            return;
        }
        float[] from = state.toArray();
        float[] to = step.value(next).toArray();
        float[] continues = new float[Math.toIntExact(state.rows())];
        int columns = to.length / continues.length;
        for (int r = 0; r < continues.length; r++) {
            boolean ends = termination.get().after(Arrays.copyOfRange(to, r * columns, (r + 1) * columns));
            continues[r] = ends ? 0 : 1;
            if (!ends) {
                System.arraycopy(to, r * columns, from, r * columns, columns);
            }
        }
        goesOn.set(continues);
        state.set(from);
    }

    @Override
    public void close() {
        starts.close();
        step.close();
        training.close();
    }
}
