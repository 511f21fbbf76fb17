package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.numerics.Normal;
import io.elbo4j.numerics.Philox;
import io.elbo4j.train.data.Factor;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.model.Model;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * What each dimension of a code tells of each factor of the data, in nats, and the mutual information gap (Chen et al.
 * 2018, equation 6), in double precision. With q(z_j) the mean of q(z_j | x) over the rows, and q(z_j | v) that over
 * the rows with this class of the factor,
 *
 * <pre>
 *   I(z_j; v_k) = E[log q(z_j | v_k) - log q(z_j)]
 *   MIG = mean over k of (the largest I(z_j; v_k) - the next) / H(v_k)
 * </pre>
 *
 * where the expectation is over the rows and draws of q(z_j | x), and H is the entropy of the factor in these rows.
 */
public final class MutualInformation {
    private static final long DRAW = 0x4d49474452415753L;
    /** exp of minus half of its square is 0 in double precision. */
    private static final double FAR = 39;
    /** Of both, so that no density leaves double precision. */
    private static final float MOST = 1000;

    private final List<Factor> factors;
    private final double[][] nats;

    private MutualInformation(List<Factor> factors, double[][] nats) {
        this.factors = factors;
        this.nats = nats;
    }

    /**
     * Of the posterior of a model, a diagonal Gaussian.
     *
     * @param factors of these images
     * @throws IllegalArgumentException if the model has no such posterior
     */
    public static MutualInformation of(Coder coder, Images images, List<Factor> factors, int draws, long seed) {
        return of(coder.output(Model.POSTERIOR_MEAN, images, done -> {}), coder.output(Model.POSTERIOR_LOG_VARIANCE,
                images, done -> {}), factors, draws, seed, done -> {});
    }

    /**
     * Of diagonal Gaussians q(z | x). Time grows with the square of the rows.
     *
     * @param means rows x dimensions, row after row
     * @param logVariances as many
     * @param factors at least one, of as many rows
     * @param draws of q(z | x) for each row, at least 1
     * @param seed of these
     * @param rowsDone is told now and then how many rows are done
     */
    public static MutualInformation of(float[] means, float[] logVariances, List<Factor> factors, int draws, long seed,
            LongConsumer rowsDone) {
        require(!factors.isEmpty(), "factors", "at least 1", 0);
        int rows = factors.get(0).rows();
        for (Factor f : factors) {
            require(f.rows() == rows, "factors", "of equally many rows, " + rows + " as '" + factors.get(0).name()
                    + "'", f.rows());
        }
        require(means.length > 0 && means.length % rows == 0, "means", "as many numbers as " + rows
                + " rows of dimensions have", means.length);
        require(logVariances.length == means.length, "logVariances", "as many as means, " + means.length,
                logVariances.length);
        require(draws >= 1, "draws", "at least 1", draws);
        int dimensions = means.length / rows;
        double[][] nats = new double[dimensions][factors.size()];
        Marginal[] marginals = new Marginal[dimensions];
        Arrays.setAll(marginals, j -> new Marginal(means, logVariances, factors, dimensions, j));
        int blocks = Math.toIntExact(dimensions * ((draws + 3L) / 4)) / dimensions;
        float[] noise = new float[4];
        int[] words = new int[4];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < dimensions; j++) {
                for (int draw = 0; draw < draws; draw++) {
                    if (draw % 4 == 0) {
                        Philox.block(seed, DRAW, row, j * blocks + draw / 4, words, 0);
                        Normal.boxMuller(words[0], words[1], noise, 0);
                        Normal.boxMuller(words[2], words[3], noise, 2);
                    }
                    marginals[j].add(row, noise[draw % 4], nats[j]);
                }
            }
            rowsDone.accept(row + 1L);
        }
        for (double[] each : nats) {
            for (int k = 0; k < each.length; k++) {
                each[k] /= (double) rows * draws;
            }
        }
        return new MutualInformation(List.copyOf(factors), nats);
    }

    /** The rows' densities of one dimension. */
    private static final class Marginal {
        private final double[] mean;
        private final double[] precision;
        private final int[][] classes;
        private final int[][] counts;
        private final double[][] sums;

        Marginal(float[] means, float[] logVariances, List<Factor> factors, int dimensions, int j) {
            int rows = means.length / dimensions;
            mean = IntStream.range(0, rows).mapToDouble(r -> finite("means", means[r * dimensions + j])).toArray();
            precision = IntStream.range(0, rows).mapToDouble(r -> StrictMath.exp(-0.5 * finite("logVariances",
                    logVariances[r * dimensions + j]))).toArray();
            classes = factors.stream().map(Factor::classes).toArray(int[][]::new);
            counts = factors.stream().map(Factor::counts).toArray(int[][]::new);
            sums = Arrays.stream(counts).map(c -> new double[c.length]).toArray(double[][]::new);
        }

        private static double finite(String argument, float value) {
            require(Math.abs(value) < MOST, argument, "of numbers between -1000 and 1000", value);
            return value;
        }

        /** Adds log q(z | v_k) - log q(z), z drawn from q(z | x) of a row, for each factor. */
        void add(int row, double noise, double[] nats) {
            double z = mean[row] + noise / precision[row];
            for (double[] each : sums) {
                Arrays.fill(each, 0);
            }
            double all = 0;
            for (int r = 0; r < mean.length; r++) {
                double s = (z - mean[r]) * precision[r];
                if (s > -FAR && s < FAR) {
                    double density = precision[r] * StrictMath.exp(-0.5 * s * s);
                    all += density;
                    for (int k = 0; k < sums.length; k++) {
                        sums[k][classes[k][r]] += density;
                    }
                }
            }
            for (int k = 0; k < sums.length; k++) {
                int of = classes[k][row];
                nats[k] += StrictMath.log(sums[k][of] / counts[k][of] / (all / mean.length));
            }
        }
    }

    public List<Factor> factors() {
        return factors;
    }

    public int dimensions() {
        return nats.length;
    }

    /** I(z_j; v_k). */
    public double nats(int dimension, int factor) {
        return nats[dimension][factor];
    }

    /** The dimensions by what they tell of a factor, the most informative first. */
    public List<Integer> ranked(int factor) {
        return IntStream.range(0, nats.length).boxed().sorted((a, b) -> Double.compare(nats[b][factor],
                nats[a][factor])).toList();
    }

    /** Of a factor; a code of one dimension has no next one, which would tell 0. */
    public double gap(int factor) {
        List<Integer> ranked = ranked(factor);
        double next = ranked.size() > 1 ? nats[ranked.get(1)][factor] : 0;
        return (nats[ranked.get(0)][factor] - next) / factors.get(factor).entropy();
    }

    /** MIG. */
    public double gap() {
        return IntStream.range(0, factors.size()).mapToDouble(this::gap).average().orElseThrow();
    }
}
