package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * N(mean, sigma^2) with the one variance that makes a batch most likely, its mean squared error (Rybkin et al. 2021,
 * Simple and Effective VAE Training with Calibrated Decoders, section 4.2: optimal sigma-VAE):
 *
 * <pre>
 *   sigma^2 = mean over rows and columns of (x - mean)^2     log p(batch) = -rows columns / 2 (log(2 pi sigma^2) + 1)
 * </pre>
 *
 * The variance is held in the gradient, where it is at its optimum: an ELBO has the gradient of minus columns / 2 log
 * sigma^2 all the same. A step that trains it takes the batch's own, and keeps a moving average, 0.99 of which stays in
 * each step. Every other step, as an evaluation, takes that average: its p(x) is a density that does not depend on the
 * other rows. Before the first step it is 1.
 *
 * <p>For data, not for sequences whose steps are weighed. It cannot be drawn from.
 */
public record OptimalGaussian(Value mean) implements Distribution {
    public OptimalGaussian {
        requireGiven("mean", mean);
    }

    /** Whether a graph has such a distribution of its data, whose variance is that of all rows of a batch together. */
    public static boolean isIn(Graph graph) {
        return !graph.all(OptimalLogVariance.class).isEmpty();
    }

    @Override
    public long columns() {
        return mean.columns();
    }

    @Override
    public List<Value> parameters() {
        return List.of(mean);
    }

    @Override
    public OptimalGaussian with(UnaryOperator<Value> each) {
        return new OptimalGaussian(each.apply(mean));
    }

    @Override
    public Distribution at(Value x) {
        return new DiagonalGaussian(mean, OptimalLogVariance.of("likelihood.meanSquaredError", mean, x));
    }

    @Override
    public void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight) {
        throw new IllegalStateException("an OptimalGaussian has a density at data alone");
    }

    @Override
    public boolean isDrawable() {
        return false;
    }

    @Override
    public void sample(Plan plan, Node owner, Noise noise, Matrix target) {
        throw new UnsupportedOperationException("an OptimalGaussian cannot be drawn from");
    }
}
