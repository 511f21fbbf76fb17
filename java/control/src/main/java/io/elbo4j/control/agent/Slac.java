package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.world.Filter;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Setting;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The stochastic latent actor-critic (Lee et al. 2020, algorithm 1): {@link Sac} on the states of a {@link WorldModel},
 * which are drawn anew from windows of episodes for each update, so that nothing that was learned of them is outdated.
 * Neither actor nor critics move the model.
 *
 * <p>Otherwise than there:
 *
 * <ul>
 * <li>the actor sees the state, as the critics do, where the published one sees the last frames;
 * <li>it acts on filtered means, though it learns on draws of q;
 * <li>all steps of a window are learned from, where that learns from the last;
 * <li>a reward is predicted from the state s' that it has come with alone, there from s, a and s';
 * <li>the KL is balanced, 0.8 of it for the prior, there it is that of the ELBO;
 * <li>a window's first step has the distributions of all others, after a state of zeros, there it has its own.
 * </ul>
 */
public final class Slac extends WorldAgent {
    /**
     * How it learns.
     *
     * @param discount of later rewards, at least 0 and below 1
     * @param rate at which the critics' copies follow them, above 0 and below 1
     * @param actorLearningRate of the Adams of actor, critics and temperature, from 1e-30 to 1e30
     */
    public record Settings(WorldModel.Settings model, WorldLearning learning,
            @Setting("of later rewards, at least 0 and below 1") double discount,
            @Setting("at which the critics' copies follow them, above 0 and below 1") double rate,
            @Setting("of the Adams of actor, critics and temperature") double actorLearningRate)
            implements
                WorldAgent.Settings {
        public Settings {
            requireGiven("model", model);
            requireGiven("learning", learning);
            require(discount >= 0 && discount < 1, "discount", "at least 0 and below 1", discount);
            require(rate > 0 && rate < 1, "rate", "above 0 and below 1", rate);
            require(actorLearningRate >= 1e-30 && actorLearningRate <= 1e30, "actorLearningRate", "from 1e-30 to 1e30",
                    actorLearningRate);
        }

        /**
         * Two levels of 8 and 32, 32 windows of 8; 500 steps by chance, 3,000 updates of the model alone, then one of
         * all each; 0.99, 0.005 and 1e-3. With 1,000 updates at first, actor and critics learn from states that mean
         * nothing yet, and stay where the torque is constant.
         */
        public static Settings small() {
            WorldModel.Settings model = new WorldModel.Settings(WorldModel.Path.TWO_LEVEL, 64, 8, List.of(64, 64), List
                    .of(64, 64), List.of(64, 64), 1, 8, 0.8, 0, false,
                    false);
            return new Settings(model, new WorldLearning(32, 8, 1e-3, 1000, 100_000, false, 500, 3000, 1, 1, 0), 0.99,
                    0.005, 1e-3);
        }

        @Override
        public Slac create(Surroundings s, Backend backend, long seed) {
            return new Slac(this, s.observations(), s.actions(), backend, seed);
        }

        /** As soft actor-critic is told. */
        private Learning ofSac() {
            return new Learning(model.widths(), learning.batch(), actorLearningRate, 0, discount, 1, 0, 1, 1);
        }
    }

    /** Soft actor-critic of states. */
    private static final class ActorCritic {
        private final Graph graph = new Graph();
        private final Transition transition;
        private final Learner.Described described;

        ActorCritic(Settings settings, int states, int acts, Backend backend) {
            this.transition = Transition.of(graph, states, acts);
            this.described = Sac.describe(graph, transition, settings.ofSac(), settings.rate(), backend);
        }
    }

    private final class Acting implements Chooser {
        private final Step step;
        private final Value action;

        Acting(int rows, Value action, String use) {
            this.action = action;
            this.step = Step.of(sac.graph, parameters, backend).rows(rows).seed(Draws.seed(seed(), use)).want(action)
                    .compile();
        }

        @Override
        public float[] choose(Filter filter, long number) {
            Rows.copy(filter.before(), step.value(sac.transition.observation())).run();
            step.run(number);
            return step.value(action).toArray();
        }

        @Override
        public void close() {
            step.close();
        }
    }

    private final Settings settings;
    private final ActorCritic sac;
    private final Acting exploring;
    private final Step improving;
    private final List<Copy> copies;
    /** The steps of windows that have one after them, and these. */
    private final Indices now;
    private final Indices after;

    /** @throws io.elbo4j.ArgumentException if observations or actions are no box */
    public Slac(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        this(settings, new WorldModel(settings.model(), observations.columns(), actions.columns()), observations,
                actions, backend, seed);
    }

    private Slac(Settings settings, WorldModel model, Space observations, Space actions, Backend backend, long seed) {
        this(settings, model, new ActorCritic(settings, model.space().columns(), actions.columns(), backend),
                observations, actions, backend, seed);
    }

    private Slac(Settings settings, WorldModel model, ActorCritic sac, Space observations, Space actions,
            Backend backend, long seed) {
        super(settings, model, model.filtering(), List.of(), List.of(sac.graph), observations, actions, backend, seed);
        this.settings = settings;
        this.sac = sac;
        this.copies = sac.described.copies().apply(parameters);
        this.exploring = new Acting(1, sac.described.explored(), "exploring");
        int window = learning.window();
        int[] rows = IntStream.range(0, learning.batch() * window).filter(i -> i % window < window - 1).toArray();
        this.now = backend.indices(rows.length);
        this.after = backend.indices(rows.length);
        now.set(rows, 0);
        after.set(IntStream.of(rows).map(i -> i + 1).toArray(), 0);
        StepBuilder step = Step.of(sac.graph, parameters, backend).rows(rows.length).seed(Draws.seed(seed, "sac"));
        sac.described.trainings().forEach(step::minimise);
        this.improving = step.compile();
    }

    @Override
    Chooser exploring() {
        return exploring;
    }

    @Override
    Chooser greedyChooser(int rows) {
        return new Acting(rows, sac.described.greedy(), "evaluation of actions");
    }

    @Override
    List<Value> wantedWhenGreedy() {
        return List.of();
    }

    /** Not in the first updates, which are the model's. */
    @Override
    void improve(Step seen, long update) {
        if (update < learning.firstUpdates()) {
            return;
        }
        Matrix s = seen.value(states);
        long windows = s.rows();
        Transition t = sac.transition;
        Rows.gather(s, now, improving.value(t.observation())).run();
        Rows.gather(s, after, improving.value(t.next())).run();
        Rows.gather(input(seen, WorldModel.ACTION, windows), after, improving.value(t.action())).run();
        Rows.gather(input(seen, WorldModel.REWARD, windows), after, improving.value(t.reward())).run();
        Rows.gather(input(seen, WorldModel.CONTINUES, windows), after, improving.value(t.continues())).run();
        improving.run(update);
        copies.forEach(Copy::set);
    }

    /** None while the model learns alone. */
    @Override
    Map<String, Double> lossesOfActing() {
        return updates() > learning.firstUpdates() ? Losses.of(sac.graph, improving) : Map.of();
    }

    /** Of the model, a row for each step. */
    private Matrix input(Step seen, String name, long rows) {
        Matrix all = seen.value(inputs.get(name));
        return all.reshape(rows, all.rows() * all.columns() / rows);
    }

    @Override
    public void close() {
        improving.close();
        copies.forEach(Copy::close);
        now.close();
        after.close();
        super.close();
    }
}
