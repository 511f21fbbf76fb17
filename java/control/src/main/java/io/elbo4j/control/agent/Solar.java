package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Environment;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.linear.LinearPolicy;
import io.elbo4j.control.linear.LinearQuadratic;
import io.elbo4j.control.linear.PolicyImprovement;
import io.elbo4j.control.linear.Rollout;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.control.world.MessageVae;
import io.elbo4j.train.checkpoint.MatrixFile;
import io.elbo4j.train.exact.Cholesky;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic optimal control with latent representations (Zhang et al. 2019, SOLAR, algorithm 1), for observations and
 * actions in boxes and episodes that begin nearly alike and are as long as each other. After some random rollouts, and
 * then after each round of its own, it learns codes with linear dynamics from all rollouts, and from those of the last
 * round a policy that is linear in the code, for each step one: the best for a quadratic cost within a bound of its
 * divergence from the last policy (linear-quadratic regulation).
 *
 * <p>It acts by the mean of the potential of what it sees, without a memory. In rollouts actions are drawn, and cut off
 * where the box ends.
 */
public final class Solar extends SavableAgent implements LatentPicture {
    private static final String SEEN = "seen";
    private static final String ACTION = "action";
    private static final String MEAN = "mean action";
    private static final String REWARD = "reward";

    /**
     * How it learns.
     *
     * @param model of what is seen
     * @param batch rollouts of an update, at most 10,000
     * @param learningRate of Adam, from 1e-30 to 1e30
     * @param rate of the dynamics' natural gradient, above 0 and at most 1
     * @param firstUpdates after the random rollouts
     * @param updates after each other round
     * @param horizon steps of a rollout, from 2 to 1,000: all episodes must have as many
     * @param randomRollouts of actions by chance, at least 2
     * @param hold steps that a random action is held for, at least 1
     * @param rollouts of a round, at least 2
     * @param capacity observations that are remembered, one more than steps of each rollout; at most 100,000,000
     * @param strength transitions that what is known of all steps counts for in the dynamics of one step, at least 0
     * @param window standard deviation, in steps, of the weights of the costs that belong to one step, from 1e-3 to
     *     1e30
     * @param ridge of the regression of costs, from 1e-30 to 1e30
     * @param divergence of a policy from the last one, at most, in nats for each step, from 1e-30 to 1e30
     */
    public record Settings(MessageVae.Settings model,
            @Setting("rollouts of an update, at most 10000") int batch,
            @Setting("of Adam") double learningRate,
            @Setting("of the dynamics' natural gradient") double rate,
            @Setting("that are made after the random rollouts") int firstUpdates,
            @Setting("that are made after each other round") int updates,
            @Setting("steps of a rollout, which all episodes must have, at most 1000") int horizon,
            @Setting("first rollouts, by any action") int randomRollouts,
            @Setting("steps that a random action is held for") int hold,
            @Setting("of a round, after which the policy gets better") int rollouts,
            @Setting("observations that are remembered") int capacity,
            @Setting("transitions that all others count for in the dynamics of one step") double strength,
            @Setting("steps around one whose costs belong to it, a standard deviation") double window,
            @Setting("of the regression of costs") double ridge,
            @Setting("of a policy from the last one at most, nats for each step") double divergence)
            implements
                LatentPicture.Settings {
        public Settings {
            requireGiven("model", model);
            requireCount("batch", batch, 10_000);
            require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
            require(rate > 0 && rate <= 1, "rate", "above 0 and at most 1", rate);
            require(firstUpdates >= 1, "firstUpdates", "at least 1", firstUpdates);
            require(updates >= 1, "updates", "at least 1", updates);
            require(horizon >= 2 && horizon <= Counts.PARTS, "horizon", "from 2 to " + Counts.PARTS, horizon);
            require(randomRollouts >= 2, "randomRollouts", "at least 2", randomRollouts);
            require(hold >= 1, "hold", "at least 1", hold);
            require(rollouts >= 2, "rollouts", "at least 2", rollouts);
            requireCount("capacity", capacity, Counts.REMEMBERED);
            long most = Math.max(randomRollouts, rollouts) * (horizon + 1L);
            require(capacity >= most, "capacity", "at least " + most
                    + ", the observations of the random rollouts and of a round", capacity);
            new PolicyImprovement(strength, window, ridge, divergence);
        }

        /** For {@link io.elbo4j.control.environment.Navigation}: 100 random rollouts of 40 steps, then 40 a round. */
        public static Settings small() {
            return new Settings(MessageVae.Settings.small(), 4, 2e-3, 0.05, 3000, 300, 40, 100, 5, 40, 25_000, 50, 5,
                    0.1, 0.15);
        }

        private PolicyImprovement improvement() {
            return new PolicyImprovement(strength, window, ridge, divergence);
        }

        @Override
        public void check(Surroundings surroundings) {
            Space seen = surroundings.observations();
            require(seen instanceof Space.Box, "observations", "in a box", seen);
            Space.Box.bounded("actions", surroundings.actions());
            String alike = "of as many steps each";
            require(surroundings.termination().isEmpty(), "episodes", alike, "shorter where it terminates");
            surroundings.limit().ifPresent(limit -> {
                require(limit > 0, "episodes", alike, "of any length");
                require(horizon == limit, "horizon", limit + ", the steps of an episode", horizon);
            });
        }

        /** It is a map, of an environment that has places. */
        @Override
        public void checkLatentPicture(Environment environment) {
            PlaneMap.check(environment, model.latent());
        }

        @Override
        public boolean learnsIn(int steps) {
            return steps >= (long) randomRollouts * horizon;
        }

        /** Of each rollout what its end looks like, too. */
        @Override
        public int mostRemembered(int steps) {
            long most = Math.max(steps / horizon + 1L, Math.max(randomRollouts, rollouts)) * (horizon + 1L);
            return (int) Math.min(Counts.REMEMBERED, most);
        }

        @Override
        public Solar create(Surroundings s, Backend backend, long seed) {
            return new Solar(this, s.observations(), s.actions(), backend, seed);
        }
    }

    private final Settings settings;
    private final Space.Box box;
    private final Draws random;
    private final Draws noise;
    private final Draws costs;
    private final SolarModel model;
    private final SolarModel.Codes codes;
    private final Replay memory;
    /** Of each step, in float32: what it acts by, until the next round. */
    private final Matrix saved;
    private final float[] meant;
    private boolean running = true;
    private long rounds;
    private @Nullable LinearPolicy policy;
    private Map<String, Double> found = Map.of();

    /** @throws io.elbo4j.ArgumentException if observations or actions are no box */
    public Solar(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        super(settings, observations, actions, seed);
        this.settings = settings;
        requireGiven("backend", backend);
        this.box = Space.Box.bounded("actions", actions);
        this.random = new Draws(seed, "exploration");
        this.noise = new Draws(seed, "exploration noise");
        this.costs = new Draws(seed, "costs");
        this.model = new SolarModel(settings, observations.columns(), actions.columns(), backend, seed);
        this.codes = model.codes(1);
        int rows = settings.capacity() / (settings.horizon() + 1) * (settings.horizon() + 1);
        this.memory = new Replay(backend, rows, Map.of(SEEN, observations.columns(), ACTION, actions.columns(), MEAN,
                actions.columns(), REWARD, 1), seed);
        int m = actions.columns();
        this.saved = backend.matrix(settings.horizon(), m * (settings.model().latent() + 1L + m));
        this.meant = new float[m];
    }

    /** Steps of this episode that are remembered. */
    private int step() {
        return (int) (memory.added() % (settings.horizon() + 1));
    }

    private long lived() {
        return memory.added() / (settings.horizon() + 1);
    }

    /** @throws io.elbo4j.ArgumentException if the last episode was shorter than {@link Settings#horizon} */
    @Override
    public void begin() {
        require(step() == 0, "horizon", "the steps of every episode, of which the last one had " + step()
                + " (SOLAR needs episodes of one length)", settings.horizon());
        running = true;
    }

    @Override
    void decide(float[] observation, float[] action) {
        int t = step();
        if (t == 0) {
            require(running, "horizon", "the steps of an episode, which goes on after as many", settings.horizon());
        }
        long number = decisions++;
        Arrays.fill(meant, 0);
        if (policy == null) {
            actions.sample(random.at(0, 0, number - t % settings.hold()), action);
            return;
        }
        double[] mean = policy.mean(t, codes.of(observation)[0]);
        double[][] factor = new Cholesky("covariance", policy.covariance()[t]).factor();
        noise.at(0, 0, number);
        double[] e = new double[mean.length];
        float[] inside = new float[mean.length];
        for (int i = 0; i < mean.length; i++) {
            e[i] = noise.normal();
            double drawn = mean[i];
            for (int j = 0; j <= i; j++) {
                drawn += factor[i][j] * e[j];
            }
            meant[i] = (float) mean[i];
            inside[i] = inside(drawn);
        }
        box.unscale(inside, 0, action);
    }

    private static float inside(double action) {
        return (float) Math.max(-1, Math.min(1, action));
    }

    @Override
    void keep(float[] observation, float[] action, float reward, boolean terminated, float[] next) {
        float[] taken = new float[action.length];
        box.scale(action, taken);
        remember(observation, taken, meant, reward);
        if (step() == settings.horizon()) {
            remember(next, new float[action.length], new float[action.length], 0);
            running = false;
        }
    }

    private void remember(float[] observation, float[] action, float[] mean, float reward) {
        memory.add(Map.of(SEEN, observation, ACTION, action, MEAN, mean.clone(), REWARD, new float[] {reward}));
    }

    /** Makes a new policy where a round has ended. */
    @Override
    public void learn() {
        if (step() == 0 && lived() == settings.randomRollouts() + rounds * settings.rollouts()) {
            improve();
        }
    }

    private void improve() {
        int count = rounds == 0 ? settings.firstUpdates() : settings.updates();
        List<SolarModel.Lived> all = all();
        model.learn(all, count, updates);
        updates += count;
        List<SolarModel.Lived> last = rounds == 0 ? all : all.subList(all.size() - settings.rollouts(), all.size());
        List<Rollout> known = last.stream().map(model::smoothed).toList();
        List<PolicyImprovement.Trial> trials = last.stream().map(SolarModel.Lived::trial).toList();
        PolicyImprovement improvement = settings.improvement();
        LinearQuadratic.Improvement better = improvement.improved(policy, known, trials, model.of(improvement, known,
                trials), costs, rounds);
        saved.set(SolarNumbers.of(better.policy()));
        policy = SolarNumbers.policy(saved.toArray(), settings.horizon(), settings.model().latent(), actions.columns());
        rounds++;
        found = new LinkedHashMap<>(model.losses());
        found.put("expected cost", better.expected().cost());
        found.put("divergence", better.expected().divergence());
    }

    /** What is remembered, the oldest first. */
    private List<SolarModel.Lived> all() {
        Map<String, Matrix> rows = memory.rows(memory.added());
        int length = settings.horizon() + 1;
        long there = memory.size() / length;
        List<SolarModel.Lived> all = new ArrayList<>();
        for (long episode = lived() - there; episode < lived(); episode++) {
            long from = episode * length % rows.get(SEEN).rows();
            all.add(new SolarModel.Lived(values(rows, SEEN, from, length), new PolicyImprovement.Trial(doubles(rows,
                    ACTION, from), doubles(rows, MEAN, from), Arrays.stream(doubles(rows, REWARD, from)).mapToDouble(
                            r -> r[0]).toArray())));
        }
        return all;
    }

    private static float[] values(Map<String, Matrix> rows, String name, long from, int count) {
        return rows.get(name).rows(from, from + count).toArray();
    }

    /** Of all steps. */
    private double[][] doubles(Map<String, Matrix> rows, String name, long from) {
        int columns = (int) rows.get(name).columns();
        return new SolarNumbers(values(rows, name, from, settings.horizon())).next(settings.horizon(), columns);
    }

    /** For episodes that begin together; after the last step of a rollout it goes on with the policy of that one. */
    @Override
    GreedyPolicy policy(int rows) {
        SolarModel.Codes seeing = model.codes(rows);
        return new GreedyPolicy() {
            private int t;

            @Override
            public void begin() {
                t = 0;
            }

            @Override
            public void act(float[] observations, float[] chosen) {
                double[][] z = seeing.of(observations);
                float[] inside = new float[meant.length];
                float[] action = new float[meant.length];
                for (int r = 0; r < rows; r++) {
                    for (int i = 0; policy != null && i < inside.length; i++) {
                        inside[i] = inside(policy.mean(t, z[r])[i]);
                    }
                    box.unscale(inside, 0, action);
                    System.arraycopy(action, 0, chosen, r * action.length, action.length);
                }
                t = Math.min(t + 1, settings.horizon() - 1);
            }

            @Override
            public void close() {
                seeing.close();
            }
        };
    }

    /** The codes of the places of a plane. */
    @Override
    public void drawLatent(Path file, Environment environment) {
        requireGiven("file", file);
        settings.checkLatentPicture(requireGiven("environment", environment));
        PlaneMap.write(file, "What solar knows of " + environment.name(), environment, this::codes);
    }

    /** A code of each of these rows of observations, one after the other. */
    float[] codes(float[] rows) {
        int latent = settings.model().latent();
        float[] all = new float[rows.length / observations.columns() * latent];
        try (SolarModel.Codes seeing = model.codes(all.length / latent)) {
            double[][] z = seeing.of(rows);
            for (int i = 0; i < all.length; i++) {
                all[i] = (float) z[i / latent][i % latent];
            }
        }
        return all;
    }

    /** Of the last round, when it has ended here: of its last update, and what was expected of its policy. */
    @Override
    public Map<String, Double> losses() {
        return found;
    }

    /** Rounds are its plans. */
    @Override
    AgentState.Counters counters() {
        return new AgentState.Counters(decisions, updates, memory.added(), rounds);
    }

    @Override
    Map<String, Matrix> matrices(AgentState.Counters at) {
        Map<String, Matrix> all = new HashMap<>(MatrixFile.of(model.parameters));
        memory.rows(at.remembered()).forEach((name, matrix) -> all.put("replay." + name, matrix));
        if (at.planned() > 0) {
            all.put("dynamics", model.saved);
            all.put("policy", saved);
        }
        return all;
    }

    @Override
    void restored(AgentState.Counters at) {
        memory.restored(at.remembered());
        rounds = at.planned();
        running = step() > 0 || at.remembered() == 0;
        if (rounds > 0) {
            model.restored();
            policy = SolarNumbers.policy(saved.toArray(), settings.horizon(), settings.model().latent(), actions
                    .columns());
        }
    }

    @Override
    public Parameters parameters() {
        return model.parameters;
    }

    @Override
    public void close() {
        super.close();
        codes.close();
        model.close();
        memory.close();
        saved.close();
    }
}
