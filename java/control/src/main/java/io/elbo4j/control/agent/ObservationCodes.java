package io.elbo4j.control.agent;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;

/**
 * The VAE of {@link RepresentationSac}: of single observations, scaled to [0, 1], with a Bernoulli likelihood. A code
 * is the mean of q(z | observation).
 */
final class ObservationCodes implements AutoCloseable {
    private final RepresentationSac.Settings settings;
    private final Space.Box box;
    private final Backend backend;
    private final Graph graph = new Graph();
    private final Value x;
    private final DiagonalGaussian posterior;
    private final Replay past;
    private final Step training;
    final Parameters parameters;

    /** @param past whose column {@code seen} it learns from */
    ObservationCodes(RepresentationSac.Settings settings, Space.Box box, Replay past, String seen, Backend backend,
            long seed) {
        this.settings = settings;
        this.box = box;
        this.backend = backend;
        this.past = past;
        this.x = graph.input(seen, box.columns());
        this.posterior = DiagonalGaussian.of("posterior", Dense.of("encoder", x, settings.width(), Activation.RELU),
                settings.latent());
        Value z = graph.latent("z", posterior);
        graph.observe("reconstruction", new Bernoulli(Dense.of("logits", Dense.of("decoder", z, settings.width(),
                Activation.RELU), box.columns(), Activation.IDENTITY)), x);
        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.training = Step.of(graph, parameters, backend).rows(settings.vaeBatch()).seed(seed).read(past.source())
                .minimise(new Elbo(settings.klWeight()), new Adam(settings.vaeLearningRate())).compile();
    }

    /** Makes all its updates. */
    void learn() {
        int[] batch = new int[settings.vaeBatch()];
        for (int i = 0; i < settings.vaeUpdates(); i++) {
            past.sample(i, batch);
            training.rows(batch, 0).run(i);
        }
        Finite.require(parameters, settings.vaeUpdates(), "the VAE", "learning rate of the VAE");
    }

    /** To [0, 1]. */
    float[] scaled(float[] rows) {
        float[] scaled = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int c = i % box.columns();
            scaled[i] = (rows[i] - box.low(c)) / (box.high(c) - box.low(c));
        }
        return scaled;
    }

    /** What computes codes of so many rows. */
    Step step(int rows) {
        return Step.of(graph, parameters, backend).rows(rows).want(posterior.mean()).compile();
    }

    float[] of(float[] scaled, Step step) {
        step.value(x).set(scaled);
        step.run(0);
        return step.value(posterior.mean()).toArray();
    }

    @Override
    public void close() {
        training.close();
        parameters.close();
    }
}
