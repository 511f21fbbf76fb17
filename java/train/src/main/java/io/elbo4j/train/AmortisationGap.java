package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.objective.Elbo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What an encoder gives away: the ELBO of each row with the encoder's q(z | x), and with a q of the row's own that
 * begins there and takes local steps up the ELBO, with the rest of the model held (semi-amortised inference, Kim et al.
 * 2018; the gap is that of Cremer et al. 2018, who fit q from elsewhere).
 *
 * <pre>
 *   log p(x) - ELBO = amortisation gap, ELBO(best Gaussian q) - ELBO(encoder's q), + approximation gap, the rest
 * </pre>
 *
 * <p>Both ELBOs are of the same draw of z's noise, and of x where the model draws that. Local steps are Adam's, with a
 * rate that falls to 0 along half a cosine, each with noise of its own. Rows are fitted together with those beside
 * them, so that the last bits of a row's result depend on these.
 *
 * @param encoder the terms of each row with the encoder's q
 * @param fitted those with the row's own
 * @param mean of each row's own q, row after row
 * @param logVariance of the same
 */
public record AmortisationGap(List<ElboTerms> encoder, List<ElboTerms> fitted, float[] mean, float[] logVariance) {
    private static final int ROWS = 500;

    /**
     * How q is fitted.
     *
     * @param steps at least 1
     * @param learningRate of the first one, above 0
     */
    public record LocalSteps(int steps, double learningRate) {
        public LocalSteps {
            require(steps >= 1, "localSteps", "at least 1", steps);
            require((float) learningRate > 0 && learningRate <= 1e9, "localRate", "above 0 and at most 1e9",
                    learningRate);
        }
    }

    /**
     * Numbers that say what q is.
     *
     * @param encoder of the network, however many rows there are
     * @param local of a q of each row's own, all of them together; an optimiser like Adam keeps two more for each
     */
    public record Size(long encoder, long local) {}

    /**
     * Fits q to all rows. No other thread may train or close the parameters meanwhile.
     *
     * @param standardisation that of the training data: the images are given, and the terms are of them, as they are
     * @param draw the noise of the two evaluations; local step i has that of draw + 1 + i
     * @param rowsDone is told now and then how many rows are done
     * @throws io.elbo4j.ArgumentException if the model has no Gaussian q(z | x) of an encoder, or several
     */
    public static AmortisationGap of(Model model, Parameters parameters, Backend backend, Images images, long seed,
            Standardisation standardisation, long draw, LocalSteps local, LongConsumer rowsDone) {
        EncoderPosterior posterior = posterior(model);
        DiagonalGaussian q = posterior.q();
        Graph graph = model.graph();
        List<Term> terms = RowTerms.of(model);
        double logVolume = standardisation.logVolume(images.columns());
        int latent = (int) q.columns();
        float[] mean = new float[Math.multiplyExact(images.rows(), latent)];
        float[] logVariance = new float[mean.length];
        List<ElboTerms> before = new ArrayList<>();
        List<ElboTerms> after = new ArrayList<>();
        try (Feed data = Feed.of(backend, images, model, standardisation, ROWS);
                Steps encoders = new Steps(rows -> Step.of(graph, parameters, backend).rows(rows).seed(seed).read(data
                        .source()).sameData().evaluate(new Elbo()).want(q.mean(), q.logVariance()).compile());
                Steps fits = new Steps(rows -> Step.of(graph, parameters, backend).rows(rows).seed(seed).read(data
                        .source()).sameData().given(q.mean(), q.logVariance()).differentiate(q.mean(), q.logVariance())
                        .evaluate(new Elbo()).compile())) {
            int[] order = Feed.inOrder(images.rows());
            data.begin(order, 0);
            for (Chunk chunk : Chunk.of(images.rows(), ROWS)) {
                data.at(chunk.begin(), chunk.rows());
                Step encoder = encoders.of(chunk.rows());
                encoder.rows(order, chunk.begin()).run(draw, chunk.begin());
                before.addAll(RowTerms.of(encoder, terms, chunk.rows(), logVolume));
                Step fit = fits.of(chunk.rows()).rows(order, chunk.begin());
                for (Value v : List.of(q.mean(), q.logVariance())) {
                    Rows.copy(encoder.value(v), fit.value(v)).run();
                }
                try (Matrix moments = backend.matrix(posterior.momentRows(chunk.rows()), latent)) {
                    posterior.climb(fit, moments, local, draw + 1, chunk.begin());
                }
                fit.run(draw, chunk.begin());
                after.addAll(RowTerms.of(fit, terms, chunk.rows(), logVolume));
                System.arraycopy(fit.value(q.mean()).toArray(), 0, mean, chunk.begin() * latent, chunk.rows() * latent);
                System.arraycopy(fit.value(q.logVariance()).toArray(), 0, logVariance, chunk.begin() * latent, chunk
                        .rows() * latent);
                rowsDone.accept(chunk.begin() + chunk.rows());
            }
        }
        return new AmortisationGap(List.copyOf(before), List.copyOf(after), mean, logVariance);
    }

    private static EncoderPosterior posterior(Model model) {
        return EncoderPosterior.of(model, "localSteps", "given");
    }

    /** How large q is for so many rows of data. */
    public static Size size(Model model, long rows) {
        EncoderPosterior posterior = posterior(model);
        long encoder = posterior.encoder().stream().mapToLong(p -> p.rows() * p.columns()).sum();
        return new Size(encoder, 2 * posterior.q().columns() * rows);
    }

    /** The mean over the rows, in nats. */
    public double gap() {
        double sum = 0;
        for (int r = 0; r < encoder.size(); r++) {
            sum += of(r);
        }
        return sum / encoder.size();
    }

    /** The standard error of {@link #gap} over rows; NaN of a single one. */
    public double error() {
        double mean = gap();
        double squares = 0;
        for (int r = 0; r < encoder.size(); r++) {
            squares += (of(r) - mean) * (of(r) - mean);
        }
        return Math.sqrt(squares / (encoder.size() - 1) / encoder.size());
    }

    private double of(int row) {
        return fitted.get(row).elbo() - encoder.get(row).elbo();
    }
}
