package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.evaluation.Policy;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Schedule;
import io.elbo4j.train.schedule.WarmUp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Learns an {@link ActionModel} from {@link Demonstrations} by maximum likelihood, behavioural cloning (Pomerleau
 * 1991): what the expert did where it was, no reward and no environment.
 */
public final class Imitation implements AutoCloseable {
    private static final String OBSERVATION = "observation";
    private static final String ACTION = "action";

    /**
     * How it learns.
     *
     * @param widths of the hidden layers of each network, at most 100 of at most 100,000 units
     * @param batch decisions of an update, drawn with replacement; at most 1,000,000
     * @param learningRate of Adam, from 1e-30 to 1e30
     * @param normalised whether networks see what is seen less its mean, over its deviation, of the demonstrations
     */
    public record Settings(List<Integer> widths, int batch, double learningRate, boolean normalised) {
        public Settings {
            widths = requireWidths(widths);
            requireCount("batch", batch, Counts.ROWS);
            require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
        }

        /** One that sees things as they are. */
        public Settings(List<Integer> widths, int batch, double learningRate) {
            this(widths, batch, learningRate, false);
        }

        /** Two layers of 64, batches of 128, 1e-3. */
        public static Settings small() {
            return new Settings(List.of(64, 64), 128, 1e-3);
        }
    }

    private final Backend backend;
    private final Graph graph = new Graph();
    private final Value observation;
    private final Value action;
    private final Value acting;
    private final Parameters parameters;
    private final Replay shown;
    private final Step training;
    private final int[] sampled;
    private long updates;

    /**
     * @param seed of the first parameters, of batches and of noise
     */
    public Imitation(ActionModel model, Settings settings, Demonstrations demonstrations, Backend backend, long seed) {
        requireGiven("model", model);
        requireGiven("settings", settings);
        requireGiven("demonstrations", demonstrations);
        this.backend = requireGiven("backend", backend);
        this.sampled = new int[settings.batch()];
        int seen = demonstrations.seen();
        int done = demonstrations.done();
        this.observation = graph.input(OBSERVATION, seen);
        this.action = graph.input(ACTION, done);
        Normalisation normalisation = new Normalisation(graph, settings, seen);
        this.acting = model.of(normalisation.of(observation), action, settings.widths());

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        normalisation.fit(parameters, demonstrations);
        this.shown = new Replay(backend, demonstrations.decisions(), Map.of(OBSERVATION, seen, ACTION, done), seed);
        for (int i = 0; i < demonstrations.decisions(); i++) {
            shown.add(Map.of(OBSERVATION, Arrays.copyOfRange(demonstrations.observations(), i * seen, (i + 1) * seen),
                    ACTION, Arrays.copyOfRange(demonstrations.actions(), i * done, (i + 1) * done)));
        }
        Schedule klWeight = new WarmUp(model.warmUp(), Schedule.constant(1));
        this.training = Step.of(graph, parameters, backend).rows(settings.batch()).seed(seed).read(shown.source())
                .minimise(Training.of(new Elbo(klWeight, 0), new Adam(settings.learningRate())).withParameters(
                        normalisation.trained(graph))).compile();
    }

    /** Makes updates, of a batch each: at least 0. */
    public void learn(int count) {
        require(count >= 0, "count", "at least 0", count);
        for (int i = 0; i < count; i++) {
            shown.sample(updates, sampled);
            training.rows(sampled, 0).run(updates++);
        }
    }

    /** Updates that were made. */
    public long updates() {
        return updates;
    }

    /**
     * log p(a | s) of each decision, in nats; where there is a latent variable, its importance-weighted bound.
     *
     * @param samples of a latent variable for each decision
     */
    public float[] logLikelihoods(Demonstrations test, int samples) {
        try (Step step = of(test).samples(samples).evaluate(new ImportanceWeighted()).compile()) {
            set(step, test);
            return step.bound().toArray();
        }
    }

    /** The mean of {@link #logLikelihoods}. */
    public double logLikelihood(Demonstrations test, int samples) {
        double sum = 0;
        for (float each : logLikelihoods(test, samples)) {
            sum += each;
        }
        return sum / test.decisions();
    }

    /** KL(q(z | s, a) || p(z)) in nats, a mean over decisions; 0 where there is no latent variable. */
    public double kl(Demonstrations test) {
        try (Step step = of(test).evaluate(new Elbo()).compile()) {
            set(step, test);
            return step.total(Term.Role.KL) / test.decisions();
        }
    }

    private StepBuilder of(Demonstrations test) {
        return Step.of(graph, parameters, backend).rows(requireGiven("test", test).decisions());
    }

    private void set(Step step, Demonstrations test) {
        step.value(observation).set(test.observations());
        step.value(action).set(test.actions());
        step.run(0);
    }

    /** Actions that were learned by so many updates. */
    static float[] finite(float[] actions, long updates) {
        for (float number : actions) {
            if (!Float.isFinite(number)) {
                throw new NonFiniteException("after " + updates + " updates the policy's action is " + number,
                        "A smaller learning rate may help");
            }
        }
        return actions;
    }

    /** To be closed before what it was learned by. */
    public interface ActingPolicy extends Policy, AutoCloseable {
        @Override
        void close();
    }

    /**
     * The policy, of so many rows at a time. It sees what is learned later, too. What it draws is a function of the
     * seed, the row and the number of the call.
     */
    public ActingPolicy policy(int rows, long seed) {
        Step step = Step.of(graph, parameters, backend).rows(rows).seed(Draws.seed(seed, "policy")).want(acting)
                .compile();
        return new ActingPolicy() {
            private long calls;

            @Override
            public void act(float[] observations, float[] actions) {
                step.value(observation).set(observations);
                step.run(calls++);
                System.arraycopy(finite(step.value(acting).toArray(), updates), 0, actions, 0, actions.length);
            }

            @Override
            public void close() {
                step.close();
            }
        };
    }

    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        training.close();
        shown.close();
        parameters.close();
    }
}
