package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.planning.CrossEntropy;
import io.elbo4j.control.planning.Iteration;
import io.elbo4j.control.planning.ModelPlanner;
import io.elbo4j.control.planning.Search;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.control.world.LocallyLinear;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.model.Setting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Embed to control (Watter et al. 2015), for pictures and actions in boxes, towards a goal of which a picture is given:
 * {@link LocallyLinear} learns codes and their dynamics from what was seen in random steps, once; then a {@link Search}
 * plans in the codes, where the paper has iterative LQG. Of means z_h of what comes after h steps a plan costs
 *
 * <pre>
 *   sum over h = 1 .. H of |z_h - z_goal|^2  +  lastWeight |z_H - z_goal|^2
 * </pre>
 *
 * <p>The random actions are held for some steps, so that they lead up to what is in the way: what single ones rarely
 * touch a plan takes for free.
 */
public final class E2c extends SavableAgent implements LatentPicture {
    /**
     * How it learns and plans.
     *
     * @param model of what is seen
     * @param learning of the model, when the random steps are over
     * @param randomSteps first decisions, from which it learns, at least 1
     * @param hold steps that a random action is held for, at least 1
     * @param search how it plans
     * @param horizon steps of a plan, at least 1
     * @param lastWeight what the distance after the last step counts more, from 0 to 1e30
     */
    public record Settings(LocallyLinear.Settings model, ModelLearning.Settings learning,
            @Setting("first steps, by any action, from which it learns when they are over") int randomSteps,
            @Setting("steps that a random action is held for") int hold,
            @Setting(SearchKind.SETTING) //
            Search search, @Setting("steps of a plan, at most 1000") int horizon,
            @Setting("what the distance from the goal after the last step of a plan counts more") double lastWeight)
            implements
                LatentPicture.Settings {
        public Settings {
            requireGiven("model", model);
            requireGiven("learning", learning);
            require(randomSteps >= 1, "randomSteps", "at least 1", randomSteps);
            require(hold >= 1, "hold", "at least 1", hold);
            requireGiven("search", search);
            requireCount("horizon", horizon, Counts.PARTS);
            require(lastWeight >= 0 && lastWeight <= 1e30, "lastWeight", "from 0 to 1e30", lastWeight);
        }

        /** For the plane of the paper: 20,000 random steps, {@link CrossEntropy} of 48 plans of 8 steps twice. */
        public static Settings small() {
            return new Settings(LocallyLinear.Settings.plane(), ModelLearning.Settings.small(), 20_000, 4,
                    new CrossEntropy(48, 8, 2, 0.1, 1), 8, 3);
        }

        @Override
        public void check(Surroundings surroundings) {
            Space.Box.bounded("observations", surroundings.observations());
            Space.Box.bounded("actions", surroundings.actions());
            require(surroundings.goal().isPresent(), "goal",
                    "an observation, which some environments show and a file by itself does not", "none");
        }

        /** A run of the random steps has learned all that there is. */
        @Override
        public boolean learnsIn(int steps) {
            return steps >= randomSteps;
        }

        /** It is a map, of an environment that has places. */
        @Override
        public void checkLatentPicture(Environment environment) {
            PlaneMap.check(environment, model.latent());
        }

        @Override
        public E2c create(Surroundings s, Backend backend, long seed) {
            return new E2c(this, s.observations(), s.actions(), s.goal(), backend, seed);
        }
    }

    private final Settings settings;
    private final Space.Box box;
    private final Backend backend;
    private final Draws random;
    private final Graph graph = new Graph();
    private final ModelLearning learning;
    private final Value code;
    private final Iteration iteration;
    private final Parameters parameters;
    private final ModelPlanner planner;

    /**
     * @param goal an observation
     * @throws io.elbo4j.ArgumentException if observations or actions are no box with bounds, or there is no goal
     */
    public E2c(Settings settings, Space observations, Space actions, Optional<float[]> goal, Backend backend,
            long seed) {
        super(settings, observations, actions, seed);
        this.settings = settings;
        this.backend = requireGiven("backend", backend);
        settings.check(new Surroundings(observations, actions, Optional.empty(), Optional.empty(), requireGiven("goal",
                goal), OptionalInt.empty()));
        Given.element("goal", observations, goal.orElseThrow());
        this.box = (Space.Box) actions;
        this.random = new Draws(seed, "exploration");
        LocallyLinear model = new LocallyLinear(graph, "model", observations.columns(), actions.columns(), settings
                .model());
        this.learning = new ModelLearning(settings.learning(), model, graph, (Space.Box) observations, box
                .columns(), settings.randomSteps(), backend, seed);
        this.code = model.encode(learning.seen()).mean();
        Value there = model.encode(learning.picture(ConstantRow.of(graph, "goal", learning.bytes(goal.orElseThrow()))))
                .mean();
        this.iteration = Iteration.of(graph, settings.search(), settings.horizon(), box.columns(),
                plans -> Scale.of(cost(model, there, plans), -1, 0));
        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.planner = planner(1, "planning");
    }

    private Value cost(LocallyLinear model, Value there, Value plans) {
        Value z = code;
        Value cost = null;
        int acts = box.columns();
        for (int h = 0; h < settings.horizon(); h++) {
            z = model.next(z, Slice.of("action " + h, plans, (long) h * acts, (h + 1L) * acts));
            Value distance = RowSum.of(Activate.of(Subtract.of(z, there), Activation.SQUARE));
            Value weighted = h < settings.horizon() - 1 ? distance : Scale.of(distance, (float) (1 + settings
                    .lastWeight()), 0);
            cost = cost == null ? weighted : Add.of(cost, weighted);
        }
        return cost;
    }

    private ModelPlanner planner(int rows, String use) {
        return new ModelPlanner(iteration, graph, parameters, rows, backend, Draws.seed(seed(), use));
    }

    @Override
    public void begin() {
        planner.forget();
    }

    @Override
    void decide(float[] seen, float[] action) {
        long number = decisions++;
        if (number < settings.randomSteps()) {
            actions.sample(random.at(0, 0, number / settings.hold()), action);
            return;
        }
        planner.set(learning.input(), learning.bytes(seen));
        box.unscale(planner.decide(), 0, action);
    }

    /** The model learns here, when the last of the random steps is remembered. */
    @Override
    void keep(float[] seen, float[] taken, float reward, boolean terminated, float[] next) {
        if (learning.complete()) {
            return;
        }
        float[] inside = new float[taken.length];
        box.scale(taken, inside);
        learning.add(seen, inside, next);
        if (learning.complete()) {
            updates = learning.learn(parameters);
        }
    }

    /** All at once: see {@link #keep}. */
    @Override
    public void learn() {
        // when the random steps are over
    }

    /** Plans for so many episodes, which begin together: each decision goes on from the plan of the one before. */
    @Override
    GreedyPolicy policy(int rows) {
        ModelPlanner own = planner(rows, "evaluation");
        return new GreedyPolicy() {
            @Override
            public void begin() {
                own.forget();
                own.goOn(0);
            }

            @Override
            public void act(float[] observed, float[] chosen) {
                own.set(learning.input(), learning.bytes(observed));
                float[] first = own.decide();
                float[] action = new float[box.columns()];
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

    /**
     * The means of q of observations.
     *
     * @param rows observations, one after the other
     * @return a code for each
     */
    public float[] codes(float[] rows) {
        int columns = observations.columns();
        require(rows.length >= columns && rows.length % columns == 0, "rows", "observations of " + columns
                + " numbers", rows.length);
        try (Step step = Step.of(graph, parameters, backend).rows(rows.length / columns).want(code).compile()) {
            step.value(learning.input()).set(learning.bytes(rows));
            step.run(0);
            return step.value(code).toArray();
        }
    }

    /** The codes of the places of a plane: where it has come out right, a plane. */
    @Override
    public void drawLatent(Path file, Environment environment) {
        requireGiven("file", file);
        settings.checkLatentPicture(requireGiven("environment", environment));
        PlaneMap.write(file, "What e2c knows of " + environment.name(), environment, this::codes);
    }

    @Override
    AgentState.Counters counters() {
        return new AgentState.Counters(decisions, updates, learning.remembered(), planner.decided());
    }

    /** No moments of Adam: between two steps no update is unfinished. */
    @Override
    Map<String, Matrix> matrices(AgentState.Counters at) {
        Map<String, Matrix> all = new HashMap<>();
        parameters.all().forEach(s -> all.put(s.parameter().name(), s.value()));
        all.put("planner.around", planner.around());
        learning.rows(at.remembered()).forEach((name, matrix) -> all.put("past." + name, matrix));
        return all;
    }

    @Override
    void restored(AgentState.Counters at) {
        learning.restored(at.remembered());
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
        learning.close();
        parameters.close();
    }
}
