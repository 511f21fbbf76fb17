package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.replay.EpisodeReplay;
import io.elbo4j.control.world.Filter;
import io.elbo4j.control.world.OpenLoop;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.train.checkpoint.MatrixFile;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.optimiser.Adam;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What agents with a {@link WorldModel} have in common, for observations and actions in a box: they remember episodes,
 * learn the model from windows of them, and act by the state of what was seen and done. The state is the mean of q, the
 * model learns with draws of it.
 */
public abstract class WorldAgent extends SavableAgent implements LatentPicture {
    /** What an agent was made with. */
    public interface Settings extends LatentPicture.Settings {
        WorldModel.Settings model();

        WorldLearning learning();

        @Override
        default void check(Surroundings surroundings) {
            Space seen = surroundings.observations();
            require(seen instanceof Space.Box, "observations", "in a box", seen);
            if (learning().bytes()) {
                Space.Box.bounded("observations", seen);
            }
            Space.Box.bounded("actions", surroundings.actions());
            int limit = surroundings.limit().orElse(0);
            int window = learning().window();
            require(limit == 0 || window <= limit + 1, "window", "at most " + (limit + 1L)
                    + ", the observations of an episode", window);
        }

        /** Any environment has something to be drawn. */
        @Override
        default void checkLatentPicture(Environment environment) {}

        /** An observation for each step and one more for each episode, which has a step at least; a window at least. */
        @Override
        default int mostRemembered(int steps) {
            return Math.max(learning().window(), (int) Math.min(Integer.MAX_VALUE, 2L * steps));
        }
    }

    /** Chooses actions by states, for episodes that begin together. */
    interface Chooser extends AutoCloseable {
        /**
         * @param filter that has seen what there is
         * @param number of the decision
         * @return in [-1, 1]
         */
        float[] choose(Filter filter, long number);

        @Override
        default void close() {}
    }

    final WorldLearning learning;
    final Backend backend;
    final WorldModel model;
    final WorldModel.Filtering filtering;
    final Parameters parameters;
    private final Space.Box box;
    private final RememberedObservations remembered;
    private final EpisodeReplay memory;
    private final Graph graph = new Graph();
    private final Step training;
    /** Of the windows, one after the other. */
    final Value states;
    /** Of the model, by their names. */
    final Map<String, Value> inputs;
    private final Draws random;
    private final Draws noise;
    private final int[] windows;
    private final Filter filter;
    private boolean begins = true;
    private boolean learned;

    /**
     * @param filtering a graph of the model, to which values may have been added
     * @param wanted of these, those that {@link #exploring} needs
     * @param others graphs with parameters of their own
     */
    WorldAgent(Settings settings, WorldModel model, WorldModel.Filtering filtering, List<Value> wanted,
            List<Graph> others, Space observations, Space actions, Backend backend, long seed) {
        super(settings, observations, actions, seed);
        this.learning = settings.learning();
        this.backend = requireGiven("backend", backend);
        this.model = model;
        this.filtering = filtering;
        this.box = Space.Box.bounded("actions", actions);
        this.remembered = new RememberedObservations(observations, learning.bytes());
        this.random = new Draws(seed, "exploration");
        this.noise = new Draws(seed, "exploration noise");
        this.windows = new int[learning.batch()];
        this.states = model.observe(graph, learning.window(), remembered::seen);
        this.inputs = graph.all(Value.class).stream().filter(v -> WorldModel.INPUTS.contains(v.name())).collect(
                Collectors
                        .toMap(Value::name, v -> v));
        Set<Parameter> all = new LinkedHashSet<>(graph.parameters());
        all.addAll(filtering.graph().parameters());
        others.forEach(g -> all.addAll(g.parameters()));
        this.parameters = new Parameters(backend, List.copyOf(all), seed);
        this.memory = new EpisodeReplay(backend, learning.capacity(), Map.of(WorldModel.OBSERVATION, observations
                .columns(), WorldModel.ACTION, actions.columns(), WorldModel.REWARD, 1, WorldModel.CONTINUES, 1),
                learning.bytes() ? Set.of(WorldModel.OBSERVATION) : Set.of(), seed);
        this.training = Step.of(graph, parameters, backend).rows(learning.batch()).seed(seed).read(memory.windows(
                learning.window())).minimise(Training.of(model.objective(), new Adam(learning.learningRate()))
                        .withMaximumGradientNorm(learning.gradientNorm()).withParameters(WorldModel.trained(graph)))
                .want(states).compile();
        this.filter = new Filter(filtering, parameters, 1, backend, Draws.seed(seed, "acting"), wanted.toArray(
                Value[]::new));
    }

    /** Actions to learn from. */
    abstract Chooser exploring();

    /** Actions of so many episodes, and the values that it wants of the filter. */
    abstract Chooser greedyChooser(int rows);

    /** Values of the filter's graph that {@link #greedyChooser} needs. */
    abstract List<Value> wantedWhenGreedy();

    /**
     * Learns to act, after an update of the model.
     *
     * @param seen the step of the update: {@link #states} and all inputs of the model can be asked for
     */
    void improve(Step seen, long update) {}

    /** What these terms came to, if it has learned to act. */
    Map<String, Double> lossesOfActing() {
        return Map.of();
    }

    /**
     * Means over the steps of the windows: log-likelihoods, and as "kl" the KL; then what belongs to acting. Nothing
     * before it has made an update itself.
     */
    @Override
    public final Map<String, Double> losses() {
        if (!learned) {
            return Map.of();
        }
        Map<String, Double> all = Losses.of(graph, training);
        // the KL of each step is a node
        double kl = all.entrySet().stream().filter(e -> e.getKey().startsWith(WorldModel.DRAWN)).mapToDouble(
                Map.Entry::getValue).sum() / learning.window();
        all.keySet().removeIf(name -> name.startsWith(WorldModel.DRAWN));
        all.put("kl", kl);
        all.putAll(lossesOfActing());
        return all;
    }

    @Override
    public void begin() {
        filter.begin();
        begins = true;
    }

    @Override
    void decide(float[] observation, float[] action) {
        long number = decisions++;
        filter.see(observation, number);
        float[] inside = new float[action.length];
        if (number < learning.randomSteps()) {
            actions.sample(random.at(0, 0, decisions), action);
            box.scale(action, inside);
        } else {
            float[] chosen = exploring().choose(filter, number);
            noise.at(0, 0, decisions);
            for (int i = 0; i < inside.length; i++) {
                inside[i] = (float) Math.max(-1, Math.min(1, chosen[i] + learning.noise() * noise.normal()));
            }
            box.unscale(inside, 0, action);
        }
        filter.did(inside);
    }

    @Override
    void keep(float[] observation, float[] action, float reward, boolean terminated, float[] next) {
        if (begins) {
            memory.begin();
            remember(observation, new float[action.length], 0, true);
            begins = false;
        }
        float[] inside = new float[action.length];
        box.scale(action, inside);
        remember(next, inside, reward, !terminated);
    }

    private void remember(float[] observation, float[] action, float reward, boolean continues) {
        memory.add(Map.of(WorldModel.OBSERVATION, remembered.stored(observation), WorldModel.ACTION, action,
                WorldModel.REWARD, new float[] {reward}, WorldModel.CONTINUES, new float[] {continues ? 1 : 0}));
    }

    /**
     * Nothing yet while no episode has been as long as a window.
     *
     * @throws io.elbo4j.train.NonFiniteException if what was learned is no number
     */
    @Override
    public void learn() {
        long since = decisions - learning.randomSteps();
        if (since < 0 || since % learning.every() != 0 || !memory.hasWindow(learning.window())) {
            return;
        }
        boolean first = updates == 0;
        if (first && model.settings().centred()) {
            model.centre(parameters, remembered.mean(memory.rows(memory.added()).get(WorldModel.OBSERVATION)));
        }
        for (int i = 0; i < (first ? learning.firstUpdates() : learning.updates()); i++) {
            memory.sample(updates, learning.window(), windows);
            training.rows(windows, 0).run(updates);
            improve(training, updates++);
            learned = true;
        }
        Finite.require(parameters, updates, "the agent", "learning rate");
    }

    @Override
    final GreedyPolicy policy(int rows) {
        Filter seen = new Filter(filtering, parameters, rows, backend, Draws.seed(seed(), "evaluation"),
                wantedWhenGreedy().toArray(Value[]::new));
        Chooser chooser = greedyChooser(rows);
        return new GreedyPolicy() {
            private long number;

            @Override
            public void begin() {
                seen.begin();
                number = 0;
            }

            @Override
            public void act(float[] observations, float[] chosen) {
                seen.see(observations, number);
                float[] inside = chooser.choose(seen, number++);
                float[] action = new float[actions.columns()];
                for (int r = 0; r < rows; r++) {
                    box.unscale(inside, r * action.length, action);
                    System.arraycopy(action, 0, chosen, r * action.length, action.length);
                }
                seen.did(inside);
            }

            @Override
            public void close() {
                chooser.close();
                seen.close();
            }
        };
    }

    /** An episode: what is seen, what that is taken for, and what is expected after the first steps of it. */
    @Override
    public final void drawLatent(Path file, Environment environment) {
        ImaginedFrames.write(file, this, environment);
    }

    /** What its model says of so many episodes, to be closed before the agent. It sees what is learned later, too. */
    public final OpenLoop openLoop(int rows) {
        return new OpenLoop(model, parameters, rows, backend);
    }

    @Override
    AgentState.Counters counters() {
        return new AgentState.Counters(decisions, updates, memory.added(), 0);
    }

    @Override
    Map<String, Matrix> matrices(AgentState.Counters at) {
        Map<String, Matrix> all = new HashMap<>(MatrixFile.of(parameters));
        memory.rows(at.remembered()).forEach((name, matrix) -> all.put("replay." + name, matrix));
        all.put("filter.state", filter.before());
        all.put("filter.action", filter.action());
        return all;
    }

    @Override
    void restored(AgentState.Counters at) {
        memory.restored(at.remembered());
        begins = at.remembered() == 0;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        super.close();
        exploring().close();
        filter.close();
        training.close();
        memory.close();
        parameters.close();
    }
}
