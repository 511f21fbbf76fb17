package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.Iteration;
import io.elbo4j.control.planning.ModelPlanner;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.control.world.Filter;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.model.Setting;
import java.util.List;

/**
 * The deep planning network (Hafner et al. 2019, Learning latent dynamics for planning from pixels, algorithm 1): it
 * plans in the latent space of a {@link WorldModel}, anew for each decision. A plan is worth the sum of the rewards
 * that the model expects, along the means of its prior. The paper's environments never terminate, and its model knows
 * no end. This one learns c, the probability that anything comes after a state; with {@link Settings#ends} a plan is
 * worth
 *
 * <pre>
 *   r_1 + c_1 r_2 + c_1 c_2 r_3 + ...
 * </pre>
 */
public final class Planet extends WorldAgent {
    /**
     * How it learns and plans.
     *
     * @param horizon steps of a plan, from 1 to 1,000
     * @param ends whether rewards after an end count for nothing, as is right where episodes terminate: each is weighed
     *     by the probability of getting there
     */
    public record Settings(WorldModel.Settings model, WorldLearning learning,
            @Setting(SearchKind.SETTING) Search search,
            @Setting("steps of a plan, at most 1000") int horizon,
            @Setting("a reward of a plan is weighed by the probability that the episode has not ended before: for"
                    + " environments that terminate, of which the paper has none") boolean ends)
            implements
                WorldAgent.Settings {
        public Settings {
            requireGiven("model", model);
            requireGiven("learning", learning);
            requireGiven("search", search);
            requireCount("horizon", horizon, Counts.PARTS);
        }

        /** As in the paper, where nothing ends. */
        public Settings(WorldModel.Settings model, WorldLearning learning, Search search, int horizon) {
            this(model, learning, search, horizon, false);
        }

        /** {@link CrossEntropy} of 100 plans 5 times from N(0, 1), 10 elites, 15 steps. */
        public static Settings small() {
            return new Settings(WorldModel.Settings.small(), WorldLearning.small(), new CrossEntropy(100, 10, 5, 0, 1),
                    15);
        }

        @Override
        public Planet create(Surroundings s, Backend backend, long seed) {
            return new Planet(this, s.observations(), s.actions(), backend, seed);
        }
    }

    /** Plans in a graph of the model. */
    private static final class Plans {
        private final Graph graph = new Graph();
        private final Value start;
        private final Iteration iteration;

        Plans(Settings settings, WorldModel model, int acts) {
            this.start = graph.input("start", model.space().columns());
            this.iteration = Iteration.of(graph, settings.search(), settings.horizon(), acts, plans -> worth(
                    settings, model, start, plans));
        }
    }

    /** What plans from a state are worth, rewards being divided by the model's scale. */
    static Value worth(Settings settings, WorldModel model, Value start, Value plans) {
        long acts = plans.columns() / settings.horizon();
        Value state = model.expect("planned 0", start, Slice.of("action 0", plans, 0, acts));
        Value worth = model.reward(state);
        Value reached = null;
        for (int t = 1; t < settings.horizon(); t++) {
            if (settings.ends()) {
                Value goesOn = model.continues(state);
                reached = reached == null ? goesOn : Multiply.of(reached, goesOn);
            }
            state = model.expect("planned " + t, state, Slice.of("action " + t, plans, t * acts, (t + 1) * acts));
            Value gained = model.reward(state);
            worth = Add.of(worth, reached == null ? gained : Multiply.of(gained, reached));
        }
        return worth;
    }

    private final class Planning implements Chooser {
        private final ModelPlanner planner;

        Planning(int rows, String use) {
            this.planner = new ModelPlanner(plans.iteration, plans.graph, parameters, rows, backend, Draws.seed(seed(),
                    use));
        }

        @Override
        public float[] choose(Filter filter, long number) {
            planner.forget();
            planner.goOn(number);
            planner.set(plans.start, filter.before().toArray());
            return planner.decide();
        }

        @Override
        public void close() {
            planner.close();
        }
    }

    private final Plans plans;
    private final Planning planning;

    /** @throws io.elbo4j.ArgumentException if observations or actions are no box */
    public Planet(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        this(settings, new WorldModel(settings.model(), observations.columns(), actions.columns()), observations,
                actions, backend, seed);
    }

    private Planet(Settings settings, WorldModel model, Space observations, Space actions, Backend backend,
            long seed) {
        super(settings, model, model.filtering(), List.of(), List.of(), observations, actions, backend, seed);
        this.plans = new Plans(settings, model, actions.columns());
        this.planning = new Planning(1, "planning");
    }

    @Override
    Chooser exploring() {
        return planning;
    }

    @Override
    Chooser greedyChooser(int rows) {
        return new Planning(rows, "evaluation");
    }

    @Override
    List<Value> wantedWhenGreedy() {
        return List.of();
    }
}
