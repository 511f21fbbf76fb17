package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.checkpoint.MatrixFile;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What agents that learn from single transitions have in common: they remember them, and draw batches. An observation
 * that is one of several is a column for each.
 */
public abstract class Learner extends SavableAgent {
    /** What an agent was made with. */
    public interface Settings extends SavableAgent.Settings {
        Learning learning();
    }

    /**
     * What an agent makes of its graph.
     *
     * @param trainings of an update
     * @param copies of networks, which are set after some updates
     * @param copyEvery how many
     * @param explored of which an action is made while it learns
     * @param greedy of which one is made later
     */
    record Described(List<Training> trainings, Function<Parameters, List<Copy>> copies, int copyEvery, Value explored,
            Value greedy) {}

    final Learning learning;
    final Backend backend;
    private final Draws draws;
    final Graph graph = new Graph();
    final Transition transition;
    private final Described described;
    final Parameters parameters;
    final Replay replay;
    private final List<Copy> copies;
    private final Step training;
    private final Step acting;
    private final int[] sampled;
    private boolean learned;

    /** @param actionColumns of an action as the networks have it */
    Learner(Settings settings, Space observations, Space actions, int actionColumns, Backend backend, long seed,
            BiFunction<Graph, Transition, Described> description) {
        this(settings, observations, actions, actionColumns, 0, backend, seed, description);
    }

    /** @param room rows of the memory for what has not happened */
    Learner(Settings settings, Space observations, Space actions, int actionColumns, int room, Backend backend,
            long seed, BiFunction<Graph, Transition, Described> description) {
        super(settings, observations, actions, seed);
        this.learning = settings.learning();
        this.backend = requireGiven("backend", backend);
        this.draws = new Draws(seed, "exploration");
        this.sampled = new int[learning.batch()];
        this.transition = Transition.of(graph, observations instanceof Space.Discrete d ? d.count() : observations
                .columns(), actionColumns);
        this.described = description.apply(graph, transition);
        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.replay = transition.replay(backend, learning.capacity(), room, seed);
        this.copies = described.copies().apply(parameters);
        StepBuilder step = Step.of(graph, parameters, backend).rows(learning.batch()).seed(seed)
                .read(replay.source());
        described.trainings().forEach(step::minimise);
        this.training = step.compile();
        this.acting = Step.of(graph, parameters, backend).seed(Draws.seed(seed, "acting")).want(described.explored(),
                described.greedy())
                .compile();
    }

    /** Trains what is called so. */
    static Training training(Graph graph, String name, Objective objective, Learning learning) {
        return Training.of(objective, new Adam(learning::learningRateAt)).withName(name).withParameters(graph
                .parameters().stream().filter(p -> p.name().startsWith(name + ".")).collect(Collectors.toSet()));
    }

    /** An action of the environment as the networks have it. */
    abstract float[] inside(float[] action);

    /**
     * Chooses an action to learn from.
     *
     * @param computed what it is made of
     * @param number of this decision
     */
    abstract void explore(float[] computed, long number, Draws draws, float[] action);

    /** Makes rows of actions of rows of what they are made of. */
    abstract void best(float[] computed, float[] chosen);

    /** Before updates are made. */
    void prepare() {}

    /** Chooses rows of the memory for an update. */
    void sample(long update, int[] rows) {
        replay.sample(update, rows);
    }

    /** How many rows there are of what has not happened, after so many updates. */
    int imagined(long ofUpdates) {
        return 0;
    }

    @Override
    final void decide(float[] seen, float[] action) {
        draws.at(0, 0, decisions);
        if (decisions < learning.randomSteps()) {
            actions.sample(draws, action);
        } else {
            acting.value(transition.observation()).set(columns(seen));
            acting.run(decisions);
            float[] computed = acting.value(described.explored()).toArray();
            requireNumbers(computed, acting);
            explore(computed, decisions, draws, action);
        }
        decisions++;
    }

    private void requireNumbers(float[] computed, Step of) {
        for (float number : computed) {
            if (!Float.isFinite(number)) {
                throw new NonFiniteException("after " + updates + " updates what the agent acts by is " + number
                        + acting.firstNonFinite().map(
                                first -> "; the first such number is "
                                        + first.value() + " in tensor '" + first.tensor() + "'").orElse(""),
                        "A smaller learning rate may help");
            }
        }
    }

    /** Rows of observations as the networks have them. */
    private float[] columns(float[] seen) {
        if (!(observations instanceof Space.Discrete several)) {
            return seen;
        }
        float[] columns = new float[seen.length * several.count()];
        for (int r = 0; r < seen.length; r++) {
            columns[r * several.count() + (int) seen[r]] = 1;
        }
        return columns;
    }

    @Override
    void keep(float[] seen, float[] action, float reward, boolean terminated, float[] next) {
        replay.add(transition.row(columns(seen), inside(action), reward, terminated, columns(next)));
    }

    @Override
    public final void learn() {
        if (decisions <= learning.randomSteps() || decisions % learning.every() != 0) {
            return;
        }
        prepare();
        for (int i = 0; i < learning.updates(); i++) {
            sample(updates, sampled);
            training.rows(sampled, 0).run(updates++);
            learned = true;
            if (updates % described.copyEvery() == 0) {
                copies.forEach(Copy::set);
            }
        }
    }

    @Override
    public final float[] act(float[] observation) {
        Given.element("observation", observations, observation);
        acting.value(transition.observation()).set(columns(observation));
        acting.run(decisions);
        float[] action = new float[actions.columns()];
        float[] computed = acting.value(described.greedy()).toArray();
        requireNumbers(computed, acting);
        best(computed, action);
        return action;
    }

    @Override
    final GreedyPolicy policy(int rows) {
        Step step = Step.of(graph, parameters, backend).rows(rows).want(described.greedy()).compile();
        return new GreedyPolicy() {
            @Override
            public void act(float[] seen, float[] chosen) {
                step.value(transition.observation()).set(columns(seen));
                step.run(0);
                float[] computed = step.value(described.greedy()).toArray();
                requireNumbers(computed, step);
                best(computed, chosen);
            }

            @Override
            public void close() {
                step.close();
            }
        };
    }

    /** A mean over its transitions; nothing before it has made an update itself: {@link Run#losses} goes on. */
    @Override
    public final Map<String, Double> losses() {
        return learned ? Losses.of(graph, training) : Map.of();
    }

    @Override
    public final Parameters parameters() {
        return parameters;
    }

    @Override
    final AgentState.Counters counters() {
        return new AgentState.Counters(decisions, updates, replay.added(), 0);
    }

    @Override
    final Map<String, Matrix> matrices(AgentState.Counters at) {
        Map<String, Matrix> all = MatrixFile.of(parameters);
        replay.rows(at.remembered()).forEach((name, matrix) -> all.put("replay." + name, matrix));
        int imagined = imagined(at.updates());
        if (imagined > 0) {
            replay.beside(0, imagined).forEach((name, matrix) -> all.put("imagined." + name, matrix));
        }
        return all;
    }

    @Override
    final void restored(AgentState.Counters at) {
        replay.restored(at.remembered());
    }

    @Override
    public void close() {
        super.close();
        acting.close();
        training.close();
        copies.forEach(Copy::close);
        replay.close();
        parameters.close();
    }
}
