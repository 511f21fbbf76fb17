package io.elbo4j.train;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Evaluates a model on a fixed data set, which it keeps in the backend's memory until closed. Threads may share one:
 * their calls take turns, and closing waits for them. No other thread may train the parameters meanwhile.
 */
public final class Evaluator implements AutoCloseable {
    private static final int ROWS = 500;

    private final Vae vae;
    private final Parameters parameters;
    private final Backend backend;
    private final long seed;
    private final String name;
    private final Matrix data;
    private final double logVolume;
    private final Steps steps;
    private final Map<Integer, Steps> importance = new HashMap<>();

    public Evaluator(Vae vae, Parameters parameters, Backend backend, Images images, long seed) {
        this(vae, parameters, backend, images, seed, Standardisation.NONE);
    }

    /**
     * @param standardisation that of the training data: the images are given as they are, and all results are of the
     *     images as given
     */
    public Evaluator(Vae vae, Parameters parameters, Backend backend, Images images, long seed,
            Standardisation standardisation) {
        this.vae = vae;
        this.parameters = parameters;
        this.backend = backend;
        this.seed = seed;
        this.name = images.name();
        this.data = Resident.load(backend, images, vae, standardisation);
        this.logVolume = standardisation.logVolume(images.columns());
        this.steps = new Steps(rows -> Step.of(vae.graph(), parameters, backend).rows(rows).seed(seed).read(data)
                .evaluate(new Elbo()).want(vae.posterior().mean(), vae.klPerDimension()).compile());
        try {
            // memory that is short is noticed now, not after an epoch of training
            steps.prepare(images.rows(), ROWS);
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    /**
     * One sample of the latent variable a row, drawn with the noise of {@code draw}, in [0, 2^40). For a model that
     * binarises, each row is drawn to zeros and ones once, with the noise of {@code draw} too.
     *
     * @throws NonFiniteException naming the tensor and the row if the result is not finite
     */
    public Evaluation evaluate(long draw) {
        return evaluate(draw, done -> {});
    }

    /**
     * As {@link #evaluate(long)}.
     *
     * @param rowsDone is told now and then how many rows are done
     */
    public synchronized Evaluation evaluate(long draw, LongConsumer rowsDone) {
        int rows = Math.toIntExact(data.rows());
        int latent = Math.toIntExact(vae.latent().columns());
        int[] order = Resident.inOrder(rows);
        double reconstruction = 0;
        double kl = 0;
        double[] klPerDimension = new double[latent];
        Moments means = new Moments(latent);
        for (Chunk chunk : Chunk.of(rows, ROWS)) {
            Step step = steps.of(chunk.rows());
            step.rows(order, chunk.begin()).run(draw, chunk.begin());
            requireFinite(step, chunk);
            reconstruction += step.total(Role.LOG_LIKELIHOOD);
            kl += step.total(Role.KL);
            float[] each = step.value(vae.klPerDimension()).toArray();
            for (int j = 0; j < latent; j++) {
                klPerDimension[j] += each[j];
            }
            means.add(step.value(vae.posterior().mean()).toArray());
            rowsDone.accept(chunk.begin() + chunk.rows());
        }
        List<Double> perRow = new ArrayList<>();
        int active = 0;
        for (int j = 0; j < latent; j++) {
            perRow.add(klPerDimension[j] / rows);
            active += means.variance(j) > Evaluation.ACTIVE_VARIANCE ? 1 : 0;
        }
        return new Evaluation(new ElboTerms(reconstruction / rows - logVolume, kl / rows), perRow, active);
    }

    /**
     * log p(x) of each row, estimated by log (1/K) sum p(x, z) / q(z | x) over {@code samples} draws (Burda et al.
     * 2016, equation 8): a lower bound in expectation, tight as K grows. Samples are drawn in rounds, so memory does
     * not grow with them. For a model that binarises, each row is drawn to zeros and ones once, the same for all
     * samples and at every call.
     *
     * @return the average over the rows, in nats
     */
    public synchronized double logLikelihood(int samples, LongConsumer rowsDone) {
        ArgumentException.require(samples >= 1, "samples", "at least 1", samples);
        int rows = Math.toIntExact(data.rows());
        int[] order = Resident.inOrder(rows);
        double sum = 0;
        for (Chunk rowChunk : Chunk.of(rows, 100)) {
            LogMeanExpStream[] streams = LogMeanExpStream.many(rowChunk.rows());
            for (Chunk round : Chunk.of(samples, 50)) {
                Step step = importance(rowChunk.rows(), round.rows());
                step.rows(order, rowChunk.begin()).run(round.index(), rowChunk.begin());
                float[] logMeans = step.bound().toArray();
                for (int r = 0; r < logMeans.length; r++) {
                    streams[r].add(logMeans[r], round.rows());
                }
            }
            for (LogMeanExpStream s : streams) {
                sum += s.result();
            }
            rowsDone.accept(rowChunk.begin() + rowChunk.rows());
        }
        return sum / rows - logVolume;
    }

    private void requireFinite(Step step, Chunk chunk) {
        if (!Double.isFinite(step.total(Role.LOG_LIKELIHOOD)) || !Double.isFinite(step.total(Role.KL))) {
            String first = step.firstNonFinite().map(f -> "; the first such number is " + f.value() + " in tensor '"
                    + f.tensor() + "', row " + (chunk.begin() + f.row()) + " of " + name).orElse("");
            throw new NonFiniteException("the evaluation on " + name + " is not finite" + first);
        }
    }

    private Step importance(int rows, int samples) {
        return importance.computeIfAbsent(samples, k -> new Steps(r -> Step.of(vae.graph(), parameters, backend)
                .rows(r).samples(k).seed(seed).read(data).sameData().evaluate(new ImportanceWeighted()).compile()))
                .of(rows);
    }

    @Override
    public synchronized void close() {
        steps.close();
        importance.values().forEach(Steps::close);
        data.close();
    }
}
