package io.elbo4j.control.agent;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.linear.LinearDynamics;
import io.elbo4j.control.linear.MatrixNormalInverseWishart;
import io.elbo4j.control.linear.Moments;
import io.elbo4j.control.linear.PolicyImprovement;
import io.elbo4j.control.linear.Rollout;
import io.elbo4j.control.world.MessageVae;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The model of {@link Solar}: codes of what is seen, and linear dynamics of the codes that are learned with them (Zhang
 * et al. 2019, section 4). An update draws some rollouts, smooths their codes, trains the VAE with the messages as its
 * priors, and moves the dynamics by a step of the natural gradient. In the end the dynamics are settled, by a few
 * rounds of coordinate ascent on all rollouts.
 */
final class SolarModel implements AutoCloseable {
    private static final int SETTLING = 3;

    /**
     * A rollout.
     *
     * @param seen one row more than steps
     */
    record Lived(float[] seen, PolicyImprovement.Trial trial) {}

    private record Seen(double[][] mean, double[][] precision) {}

    /** Encodes so many rows. */
    private final class Encoder implements AutoCloseable {
        private final Value observation;
        private final MessageVae.Potential potential;
        private final Step step;

        Encoder(int rows) {
            Graph graph = new Graph();
            this.observation = graph.input("observation", columns);
            this.potential = vae.potential(observation);
            this.step = Step.of(graph, parameters, backend).rows(rows).want(potential.mean(), potential.precision())
                    .compile();
        }

        Seen of(float[] seen) {
            step.value(observation).set(seen);
            step.run(0);
            return new Seen(rows(step.value(potential.mean()).toArray()), rows(step.value(potential.precision())
                    .toArray()));
        }

        private double[][] rows(float[] values) {
            double[][] rows = new double[values.length / latent][latent];
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    throw new NonFiniteException("a code of the VAE is " + values[i],
                            "A smaller learningRate may help");
                }
                rows[i / latent][i % latent] = values[i];
            }
            return rows;
        }

        @Override
        public void close() {
            step.close();
        }
    }

    private final Solar.Settings settings;
    private final Backend backend;
    private final int columns;
    private final int latent;
    private final MessageVae vae;
    final Graph graph = new Graph();
    private final MessageVae.Inputs inputs;
    final Parameters parameters;
    final Step training;
    private final Encoder batch;
    private final Encoder one;
    private final Draws draws;
    private final LinearDynamics prior;
    /** The dynamics' numbers, in float32: all that is known of them between two rounds. */
    final Matrix saved;
    private LinearDynamics dynamics;

    SolarModel(Solar.Settings settings, int columns, int actions, Backend backend, long seed) {
        this.settings = settings;
        this.backend = backend;
        this.columns = columns;
        this.latent = settings.model().latent();
        this.vae = new MessageVae(settings.model(), columns);
        this.inputs = vae.observe(graph);
        this.parameters = new Parameters(backend, graph.parameters(), seed);
        int rows = settings.batch() * (settings.horizon() + 1);
        this.training = Step.of(graph, parameters, backend).rows(rows).seed(seed).minimise(Training.of(new Elbo(),
                new Adam(settings.learningRate()))).compile();
        this.batch = new Encoder(rows);
        this.one = new Encoder(settings.horizon() + 1);
        this.draws = new Draws(seed, "rollouts");
        this.prior = LinearDynamics.vague(latent, actions);
        this.dynamics = prior;
        this.saved = backend.matrix(1, numbers(dynamics).length);
    }

    private static float[] numbers(LinearDynamics of) {
        return SolarNumbers.of(of.first().mean(), of.first().precision(), of.first().scale(), new double[][] {{of
                .first().degrees()}}, of.steps().get(0).mean(), of.steps().get(0).precision(), of.steps().get(0)
                        .scale(), new double[][] {{of.steps().get(0).degrees()}});
    }

    private MatrixNormalInverseWishart stepPrior() {
        return prior.steps().get(0);
    }

    /** Goes on with what is in {@link #saved}. */
    void restored() {
        SolarNumbers all = new SolarNumbers(saved.toArray());
        int k = stepPrior().precision().length;
        dynamics = new LinearDynamics(new MatrixNormalInverseWishart(all.next(latent, 1), all.next(1, 1), all.next(
                latent, latent), all.next(1, 1)[0][0]), List.of(new MatrixNormalInverseWishart(all.next(latent, k), all
                        .next(k, k), all.next(latent, latent), all.next(1, 1)[0][0])));
    }

    /** A policy's eyes. */
    interface Codes extends AutoCloseable {
        double[][] of(float[] seen);

        @Override
        void close();
    }

    /** Codes of so many rows at a time: means of the potentials. */
    Codes codes(int rows) {
        Encoder encoder = new Encoder(rows);
        return new Codes() {
            @Override
            public double[][] of(float[] seen) {
                return encoder.of(seen).mean();
            }

            @Override
            public void close() {
                encoder.close();
            }
        };
    }

    /**
     * Learns from rollouts.
     *
     * @param update number of the first one
     */
    void learn(List<Lived> rollouts, int count, long update) {
        for (long u = update; u < update + count; u++) {
            update(rollouts, u);
        }
        List<Seen> seen = rollouts.stream().map(r -> one.of(r.seen())).toList();
        for (int i = 0; i < SETTLING; i++) {
            Moments first = new Moments(latent, 1);
            Moments steps = new Moments(latent, stepPrior().precision().length);
            for (int r = 0; r < rollouts.size(); r++) {
                add(smoothed(seen.get(r), rollouts.get(r)), rollouts.get(r), first, steps);
            }
            dynamics = new LinearDynamics(prior.first().posterior(1, first), List.of(stepPrior().posterior(1, steps)));
        }
        saved.set(numbers(dynamics));
        restored();
    }

    private void update(List<Lived> rollouts, long update) {
        int length = settings.horizon() + 1;
        float[] seen = new float[settings.batch() * length * columns];
        Lived[] drawn = new Lived[settings.batch()];
        for (int b = 0; b < drawn.length; b++) {
            drawn[b] = rollouts.get(draws.at(b, update >>> 32, update).below(rollouts.size()));
            System.arraycopy(drawn[b].seen(), 0, seen, b * length * columns, length * columns);
        }
        Seen all = batch.of(seen);
        float[] mean = new float[drawn.length * length * latent];
        float[] precision = new float[mean.length];
        Moments first = new Moments(latent, 1);
        Moments steps = new Moments(latent, stepPrior().precision().length);
        for (int b = 0; b < drawn.length; b++) {
            Seen its = new Seen(Arrays.copyOfRange(all.mean(), b * length, (b + 1) * length), Arrays.copyOfRange(all
                    .precision(), b * length, (b + 1) * length));
            Rollout rollout = smoothed(its, drawn[b]);
            add(rollout, drawn[b], first, steps);
            for (int t = 0; t < length; t++) {
                Rollout.Message message = rollout.message(t, its.mean()[t], its.precision()[t]);
                for (int i = 0; i < latent; i++) {
                    mean[(b * length + t) * latent + i] = (float) message.mean()[i];
                    precision[(b * length + t) * latent + i] = (float) message.precision()[i];
                }
            }
        }
        training.value(inputs.observation()).set(seen);
        training.value(inputs.mean()).set(mean);
        training.value(inputs.precision()).set(precision);
        training.run(update);
        double each = (double) rollouts.size() / drawn.length;
        double rate = Math.max(settings.rate(), 1.0 / (update + 1));
        dynamics = new LinearDynamics(dynamics.first().towards(rate, prior.first().posterior(each, first)), List.of(
                dynamics.steps().get(0).towards(rate, stepPrior().posterior(each, steps))));
    }

    private Rollout smoothed(Seen seen, Lived rollout) {
        return dynamics.smoothed(seen.mean(), seen.precision(), rollout.trial().actions());
    }

    private void add(Rollout rollout, Lived lived, Moments first, Moments steps) {
        first.add(1, rollout.moments(0, lived.trial().actions()));
        for (int t = 1; t <= settings.horizon(); t++) {
            steps.add(1, rollout.moments(t, lived.trial().actions()));
        }
    }

    /** What is known of a rollout's codes. */
    Rollout smoothed(Lived rollout) {
        return smoothed(one.of(rollout.seen()), rollout);
    }

    /** Dynamics of each step of some rollouts. */
    LinearDynamics of(PolicyImprovement improvement, List<Rollout> known, List<PolicyImprovement.Trial> trials) {
        return improvement.dynamics(dynamics, stepPrior(), known, trials);
    }

    Map<String, Double> losses() {
        return Losses.of(graph, training);
    }

    @Override
    public void close() {
        batch.close();
        one.close();
        training.close();
        saved.close();
        parameters.close();
    }
}
