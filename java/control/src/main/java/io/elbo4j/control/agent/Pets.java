package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.dynamics.Dynamics;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.dynamics.Rollout;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Reward;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.Iteration;
import io.elbo4j.control.planning.ModelPlanner;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.checkpoint.MatrixFile;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Probabilistic ensembles with trajectory sampling (Chua et al. 2018, PETS, algorithm 1), for actions in a box. An
 * {@link Ensemble} learns the {@link Dynamics}, and a {@link Search} plans in it: a plan is worth what its {@link
 * Rollout} comes to. The model is trained when an episode begins. The reward may be given, as in the paper, so that
 * plans lead where nobody has been; else it is learned like the rest. A model knows no terminal states.
 */
public final class Pets extends SavableAgent {
    private static final String OBSERVATION = "observation";
    private static final String ACTION = "action";
    private static final String REWARD = "reward";
    private static final String NEXT = "next observation";
    private static final String DRAWN = "drawn";

    /**
     * How it learns and plans.
     *
     * @param model what the ensemble is made of
     * @param search how it plans
     * @param horizon steps of a plan, from 1 to 1,000
     * @param batch transitions of an update, at most 1,000,000
     * @param learningRate of Adam, from 1e-30 to 1e30
     * @param weightDecay of Adam, decoupled; at least 0, and below 1 / learningRate
     * @param updates when an episode begins, once there is something to learn from
     * @param capacity transitions that are remembered, at most 100,000,000
     * @param randomSteps first decisions, which are uniform in the box
     * @param pessimism what the members' disagreement costs a plan, at least 0: see {@link Rollout}
     * @param learnReward whether it is learned; else it is given
     */
    public record Settings(Ensemble.Settings model,
            @Setting(SearchKind.SETTING) Search search,
            @Setting("steps of a plan, at most 1000") int horizon,
            @Setting("transitions of an update") int batch,
            @Setting("of Adam") double learningRate,
            @Setting("of Adam, decoupled") double weightDecay,
            @Setting("that are made when an episode begins") int updates,
            @Setting("transitions that are remembered, never more than the run has") int capacity,
            @Setting("first steps, by any action") int randomSteps,
            @Setting("what the members' disagreement costs a plan, at least 0") double pessimism,
            @Setting("the model learns the reward, which else is given; for an environment that has none to give it is"
                    + " needed") boolean learnReward)
            implements
                SavableAgent.Settings {
        public Settings {
            requireGiven("model", model);
            requireGiven("search", search);
            requireCount("horizon", horizon, Counts.PARTS);
            requireCount("batch", batch, Counts.ROWS);
            require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
            require(weightDecay >= 0 && learningRate * weightDecay < 1, "weightDecay",
                    "at least 0, and below 1 / learningRate, " + 1 / learningRate, weightDecay);
            require(updates >= 1, "updates", "at least 1", updates);
            requireCount("capacity", capacity, Counts.REMEMBERED);
            require(randomSteps >= 1, "randomSteps", "at least 1", randomSteps);
            require(pessimism >= 0 && Float.isFinite((float) pessimism), "pessimism", "at least 0", pessimism);
        }

        /** Of one that is given the reward. */
        public Settings(Ensemble.Settings model, Search search, int horizon, int batch, double learningRate,
                double weightDecay, int updates, int capacity, int randomSteps, double pessimism) {
            this(model, search, horizon, batch, learningRate, weightDecay, updates, capacity, randomSteps, pessimism,
                    false);
        }

        /** For the cart-pole that is swung up: three members of 64-64, {@link CrossEntropy} of 60 plans 3 times. */
        public static Settings small() {
            return new Settings(new Ensemble.Settings(3, List.of(64, 64), 0), CrossEntropy.of(60, 3), 25, 64, 1e-3,
                    1e-5, 1200, 100_000, 200, 0);
        }

        @Override
        public void check(Surroundings surroundings) {
            Space.Box.bounded("actions", surroundings.actions());
            require(learnReward || surroundings.reward().isPresent(), "learnReward",
                    "true where no reward is given, as of an environment that has none or of a file by itself",
                    learnReward);
        }

        @Override
        public Pets create(Surroundings s, Backend backend, long seed) {
            return new Pets(this, s.observations(), s.actions(), s.reward(), backend, seed);
        }
    }

    private final Settings settings;
    private final Space.Box box;
    private final Backend backend;
    private final Draws random;
    private final Draws bootstrap;
    private final Graph graph = new Graph();
    private final Dynamics model;
    private final Value start;
    private final Iteration iteration;
    private final Parameters parameters;
    private final Replay replay;
    private final Step training;
    private final ModelPlanner planner;
    private final int[] sampled;

    /**
     * @param reward of the environment; empty, or not used, if it is learned
     * @throws io.elbo4j.ArgumentException if the actions are no box, or the reward is neither given nor learned
     */
    public Pets(Settings settings, Space observations, Space actions, Optional<Reward> reward, Backend backend,
            long seed) {
        super(settings, observations, actions, seed);
        this.settings = settings;
        this.backend = requireGiven("backend", backend);
        settings.check(new Surroundings(observations, actions, requireGiven("reward", reward), Optional.empty(),
                Optional.empty(), OptionalInt.empty()));
        this.box = (Space.Box) actions;
        Optional<Reward> given = settings.learnReward() ? Optional.empty() : reward;
        this.random = new Draws(seed, "exploration");
        this.bootstrap = new Draws(seed, "bootstrap");
        this.sampled = new int[settings.batch()];
        int seen = observations.columns();
        int acts = actions.columns();
        int members = settings.model().members();

        this.model = new Dynamics(graph, "model", seen, acts, given.isEmpty(), settings.model());
        model.observe(graph.input(OBSERVATION, seen), graph.input(ACTION, acts), graph.input(REWARD, 1), graph.input(
                NEXT, seen), graph.input(DRAWN, members));
        this.start = graph.input("start", seen);
        this.iteration = Iteration.of(graph, settings.search(), settings.horizon(), acts, plans -> Rollout.of(model,
                given, box, start, plans).worth(settings.pessimism()));

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.replay = new Replay(backend, settings.capacity(), Map.of(OBSERVATION, seen, ACTION, acts, REWARD, 1, NEXT,
                seen, DRAWN, members), seed);
        this.training = Step.of(graph, parameters, backend).rows(settings.batch()).seed(seed).read(replay.source())
                .minimise(Training.of(model.objective(), Adam.withWeightDecay(settings.learningRate(), settings
                        .weightDecay())).withParameters(model.parameters())).compile();
        this.planner = new ModelPlanner(iteration, graph, parameters, 1, backend, Draws.seed(seed,
                "planning"));
    }

    @Override
    public void begin() {
        planner.forget();
        if (replay.size() == 0) {
            return;
        }
        Map<String, Matrix> rows = replay.rows(replay.added());
        model.normalise(parameters, rows.get(OBSERVATION).toArray(), rows.get(ACTION).toArray(), rows.get(REWARD)
                .toArray(), rows.get(NEXT).toArray());
        for (int i = 0; i < settings.updates(); i++) {
            replay.sample(updates, sampled);
            training.rows(sampled, 0).run(updates++);
        }
    }

    @Override
    void decide(float[] seen, float[] action) {
        if (decisions++ < settings.randomSteps()) {
            actions.sample(random.at(0, 0, decisions), action);
            return;
        }
        planner.set(start, seen);
        box.unscale(planner.decide(), 0, action);
    }

    @Override
    void keep(float[] seen, float[] taken, float reward, boolean terminated, float[] next) {
        float[] inside = new float[taken.length];
        box.scale(taken, inside);
        float[] drawn = new float[settings.model().members()];
        bootstrap.at(0, 0, replay.added());
        for (int m = 0; m < drawn.length; m++) {
            drawn[m] = bootstrap.poisson();
        }
        replay.add(Map.of(OBSERVATION, seen, ACTION, inside, REWARD, new float[] {reward}, NEXT, next, DRAWN, drawn));
    }

    /** The model is trained when an episode begins. */
    @Override
    public void learn() {
        // see begin
    }

    /** Plans for so many episodes, which begin together: each decision goes on from the plan of the one before. */
    @Override
    GreedyPolicy policy(int rows) {
        ModelPlanner own = new ModelPlanner(iteration, graph, parameters, rows, backend, Draws.seed(seed(),
                "evaluation"));
        return new GreedyPolicy() {
            @Override
            public void begin() {
                own.forget();
                own.goOn(0);
            }

            @Override
            public void act(float[] observations, float[] chosen) {
                own.set(start, observations);
                float[] first = own.decide();
                float[] action = new float[actions.columns()];
                for (int r = 0; r < rows; r++) {
                    box.unscale(first, r * action.length, action);
                    System.arraycopy(action, 0, chosen, r * action.length, action.length);
                }
            }

            @Override
            public void close() {
                own.close();
            }
        };
    }

    @Override
    AgentState.Counters counters() {
        return new AgentState.Counters(decisions, updates, replay.added(), planner.decided());
    }

    @Override
    Map<String, Matrix> matrices(AgentState.Counters at) {
        Map<String, Matrix> all = MatrixFile.of(parameters);
        all.put("planner.around", planner.around());
        replay.rows(at.remembered()).forEach((name, matrix) -> all.put("replay." + name, matrix));
        return all;
    }

    @Override
    void restored(AgentState.Counters at) {
        replay.restored(at.remembered());
        planner.goOn(at.planned());
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        super.close();
        planner.close();
        training.close();
        replay.close();
        parameters.close();
    }
}
