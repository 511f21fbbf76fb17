package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.control.dynamics.Ensemble;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.environment.Termination;
import io.elbo4j.control.network.Counts;
import io.elbo4j.train.model.Setting;
import java.util.List;
import java.util.Optional;

/**
 * Model-based policy optimisation (Janner et al. 2019, When to trust your model, algorithm 2): {@link Sac} that learns
 * most of all from what it imagines. When it is to learn,
 *
 * <pre>
 *   every so many times   an ensemble learns (s' - s, r) of (s, a) from what has happened
 *   each time             k steps of the policy in it, from any states that were seen, into a ring of their own
 *                         SAC's updates, each of whose batches has a share of what has happened
 * </pre>
 *
 * <p>k grows from 1. Whether a transition terminates is not learned: the environment's {@link Termination} says it, and
 * a row that has terminated goes on from where it was. See {@link Imagination} for a step.
 */
public final class Mbpo extends Sac {
    /**
     * How it learns.
     *
     * @param rate at which the critics' copies follow them, above 0 and below 1
     * @param members of the ensemble, at most 1,000, whose networks have the widths of all others
     * @param modelEvery times that it learns, before the model learns again
     * @param modelUpdates that are made then
     * @param rollouts that begin each time, at most 1,000,000
     * @param kept steps of these that are remembered; what came before is forgotten
     * @param length k at last, from 1 to 1000
     * @param lengthAfter times that it learns until k has grown to that, linearly
     * @param real share of each batch that has happened, from 0 to 1
     * @param bootstrap whether each member learns from a bootstrap sample of its own, as of Janner et al.; else all
     *     learn from the same
     */
    public record Settings(Learning learning,
            @Setting("at which the critics' copies follow them, above 0 and below 1") double rate,
            @Setting("networks of the model") int members,
            @Setting("times that it learns, before the model learns again") int modelEvery,
            @Setting("of the model, that are made then") int modelUpdates,
            @Setting("that begin in the model each time that it learns") int rollouts,
            @Setting("steps of rollouts that are remembered") int kept,
            @Setting("steps of a rollout at last, at most 1000; the first have 1") int length,
            @Setting("times that it learns until rollouts have that length") int lengthAfter,
            @Setting("share of a batch that has happened, from 0 to 1") double real,
            @Setting("each member of the model learns from a bootstrap sample of its own, else all from the same") //
            boolean bootstrap) implements Learner.Settings {
        /** Without bootstrap samples. */
        public Settings(Learning learning, double rate, int members, int modelEvery, int modelUpdates, int rollouts,
                int kept, int length, int lengthAfter, double real) {
            this(learning, rate, members, modelEvery, modelUpdates, rollouts, kept, length, lengthAfter, real, false);
        }

        public Settings {
            requireGiven("learning", learning);
            require(rate > 0 && rate < 1, "rate", "above 0 and below 1", rate);
            requireCount("members", members, Counts.PARTS);
            require(modelEvery >= 1, "modelEvery", "at least 1", modelEvery);
            require(modelUpdates >= 1, "modelUpdates", "at least 1", modelUpdates);
            requireCount("rollouts", rollouts, Counts.ROWS);
            require(kept >= 1 && (long) kept * rollouts <= 1 << 30, "kept", "at least 1, of " + rollouts
                    + " rollouts at most 2^30 rows", kept);
            require(length >= 1 && length <= 1000, "length", "from 1 to 1000", length);
            require(lengthAfter >= 0, "lengthAfter", "at least 0", lengthAfter);
            require(real >= 0 && real <= 1, "real", "from 0 to 1", real);
        }

        @Override
        public void check(Surroundings surroundings) {
            box(surroundings.actions());
        }

        @Override
        public Mbpo create(Surroundings s, Backend backend, long seed) {
            return new Mbpo(this, s.observations(), s.actions(), s.termination(), backend, seed);
        }

        /** As {@link Sac.Settings#small}, but batches of 128, 0.005, 600 steps by chance and 20 updates a decision. */
        public static Settings small() {
            return new Settings(new Learning(List.of(64, 64), 128, 1e-3, 0, 0.99, 1_000_000, 600, 1, 20), 0.005, 5, 100,
                    1000, 128, 500, 3, 1000, 0.05);
        }

        /** k when it has learned so many times before. */
        int lengthAt(long times) {
            return times >= lengthAfter ? length : 1 + (int) ((length - 1) * times / lengthAfter);
        }
    }

    private final Settings settings;
    private final Imagination imagination;
    private final Draws ofBatches;
    private final Draws ofModel;
    private final Draws ofStarts;
    private final Draws ofMembers;
    private final int[] batch;
    private final int[] starts;
    private final Optional<Termination> termination;

    /**
     * @param termination of the environment; empty where nothing terminates
     * @throws io.elbo4j.ArgumentException if the actions are no box
     */
    public Mbpo(Settings settings, Space observations, Space actions, Optional<Termination> termination,
            Backend backend, long seed) {
        this(requireGiven("settings", settings), observations, actions, termination, backend, seed,
                new Imagination[1]);
    }

    private Mbpo(Settings settings, Space observations, Space actions, Optional<Termination> termination,
            Backend backend, long seed, Imagination[] described) {
        super(settings, observations, actions, settings.kept() * settings.rollouts(), backend, seed, (graph, t) -> {
            Described sac = describe(graph, t, settings.learning(), settings.rate(), backend);
            described[0] = new Imagination(graph, t, sac.explored(), new Ensemble.Settings(settings.members(), settings
                    .learning().widths(), 0), settings.bootstrap());
            return sac;
        });
        this.settings = settings;
        this.termination = requireGiven("termination", termination);
        this.ofBatches = new Draws(seed, "batches");
        this.ofModel = new Draws(seed, "model batches");
        this.ofStarts = new Draws(seed, "starts");
        this.ofMembers = new Draws(seed, "bootstrap");
        this.batch = new int[learning.batch()];
        this.starts = new int[settings.rollouts()];
        this.imagination = described[0];
        imagination.compile(graph, parameters, replay.source(), learning.batch(), learning.learningRate(), settings
                .rollouts(), backend, seed);
    }

    @Override
    void keep(float[] seen, float[] action, float reward, boolean terminated, float[] next) {
        require(!terminated || termination.isPresent(), "terminated",
                "false without the environment's Termination, which"
                        + " mbpo does not learn", true);
        super.keep(seen, action, reward, terminated, next);
    }

    /** Steps of rollouts that were taken when it had learned so many times. */
    private long stepsBefore(long times) {
        long steps = times * settings.length();
        for (long t = 0; t < Math.min(times, settings.lengthAfter()); t++) {
            steps -= settings.length() - settings.lengthAt(t);
        }
        return steps;
    }

    @Override
    int imagined(long ofUpdates) {
        return (int) Math.min(settings.kept(), stepsBefore(ofUpdates / learning.updates())) * settings.rollouts();
    }

    @Override
    void prepare() {
        long times = updates() / learning.updates();
        if (times % settings.modelEvery() == 0) {
            imagination.know(replay.rows(replay.added()));
            long number = times / settings.modelEvery() * settings.modelUpdates();
            for (int i = 0; i < settings.modelUpdates(); i++) {
                any(ofModel, number + i, batch, 0, batch.length, 0, replay.size());
                imagination.learn(batch, weights(batch), number + i);
            }
        }
        imagination.begin(replay.rows(replay.added()).get(transition.observation().name()), starts(times));
        long number = stepsBefore(times);
        for (int k = settings.lengthAt(times); k > 0; k--) {
            int at = (int) (number % settings.kept()) * settings.rollouts();
            imagination.step(number++, replay.beside(at, at + settings.rollouts()), termination);
        }
    }

    /** Where rollouts begin when it has learned so many times. */
    int[] starts(long times) {
        any(ofStarts, times, starts, 0, starts.length, 0, replay.size());
        return starts;
    }

    /** How often each member has drawn each of these rows: as often whenever the row is in a batch. */
    float[] weights(int[] rows) {
        float[] weights = new float[settings.bootstrap() ? rows.length * settings.members() : 0];
        for (int i = 0; i < weights.length; i++) {
            long number = replay.number(rows[i / settings.members()]);
            weights[i] = ofMembers.at(i % settings.members(), number >>> 32, number).poisson();
        }
        return weights;
    }

    /** Draws rows, each of {@code count} from {@code first} on equally likely. */
    private void any(Draws draws, long number, int[] rows, int from, int to, int first, int count) {
        for (int i = from; i < to; i++) {
            rows[i] = first + draws.at(i, number >>> 32, number).below(count);
        }
    }

    @Override
    void sample(long update, int[] rows) {
        int real = (int) Math.round(settings.real() * rows.length);
        any(ofBatches, update, rows, 0, real, 0, replay.size());
        // those of the rollouts that have just begun are there
        any(ofBatches, update, rows, real, rows.length, learning.capacity(), imagined(update + learning.updates()));
    }

    @Override
    public void close() {
        imagination.close();
        super.close();
    }
}
