package io.elbo4j.train.quantity;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.Categorical;
import io.elbo4j.train.distribution.ClassNumbers;
import io.elbo4j.train.distribution.ContinuousBernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Enumerated;
import io.elbo4j.train.distribution.FullGaussian;
import io.elbo4j.train.distribution.Laplace;
import io.elbo4j.train.distribution.LogisticMixture;
import io.elbo4j.train.distribution.Mixture;
import io.elbo4j.train.distribution.NegativeBinomial;
import io.elbo4j.train.distribution.OptimalGaussian;
import io.elbo4j.train.distribution.Poisson;
import io.elbo4j.train.distribution.RelaxedBernoulli;
import io.elbo4j.train.distribution.RelaxedCategorical;
import io.elbo4j.train.distribution.StandardNormal;
import io.elbo4j.train.distribution.StudentT;
import io.elbo4j.train.distribution.ZeroInflatedNegativeBinomial;
import io.elbo4j.train.exact.Gaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import java.util.stream.IntStream;

/** The distributions of a graph as a step has computed them. */
public final class GraphLaws {
    private static final Rows MOST = Rows.of(Axis.BATCH, Axis.COMPONENT);

    private final Step step;
    private final int row;
    private final int component;
    private final int components;

    private GraphLaws(Step step, int row, int component, int components) {
        this.step = step;
        this.row = row;
        this.component = component;
        this.components = components;
    }

    /**
     * A distribution of one row of the batch.
     *
     * @param step which wants its parameters, and has run
     * @param row of the batch; of parameters that all rows share, any
     * @throws IllegalArgumentException if it is none of the library's, or its parameters have samples, steps or members
     */
    public static Law of(Step step, Distribution distribution, int row) {
        requireGiven("step", step);
        requireGiven("distribution", distribution);
        require(row >= 0, "row", "at least 0", row);
        return new GraphLaws(step, row, 0, 1).law(distribution);
    }

    private double[] values(Value of) {
        if (!of.rows().within(MOST)) {
            throw new IllegalArgumentException(
                    "a distribution of one row of the batch needs parameters without samples,"
                            + " steps or members, not '" + of.name() + "' with rows of " + of.rows());
        }
        float[] all = step.value(of).toArray();
        int columns = (int) of.columns();
        int at = (of.rows().has(Axis.BATCH) ? row : 0) * (of.rows().has(Axis.COMPONENT) ? components : 1) + (of.rows()
                .has(Axis.COMPONENT) ? component : 0);
        require((at + 1L) * columns <= all.length, "row", "a row of the batch", row);
        return IntStream.range(0, columns).mapToDouble(c -> all[at * columns + c]).toArray();
    }

    private Law law(Distribution of) {
        if (of instanceof StandardNormal p) {
            return Laws.standardNormal((int) p.columns());
        } else if (of instanceof DiagonalGaussian p) {
            return Laws.gaussian(values(p.mean()), values(p.logVariance()));
        } else if (of instanceof FullGaussian p) {
            return Laws.gaussian(full(values(p.mean()), values(p.logDiagonal()), values(p.lower())));
        } else if (of instanceof Laplace p) {
            return Laws.laplace(values(p.mean()), values(p.logScale()));
        } else if (of instanceof StudentT p) {
            return Laws.studentT(values(p.mean()), values(p.logScale()), p.degreesOfFreedom());
        } else if (of instanceof Bernoulli p) {
            return Laws.bernoulli(values(p.logits()));
        } else if (of instanceof ContinuousBernoulli p) {
            return Laws.continuousBernoulli(values(p.logits()));
        } else if (of instanceof Categorical p) {
            return Laws.categorical(values(p.logits()));
        } else if (of instanceof ClassNumbers p) {
            return Laws.classNumbers(values(p.logits()), p.classes());
        } else if (of instanceof LogisticMixture p) {
            return Laws.logisticMixture(values(p.logits()), values(p.means()), values(p.logScales()), p.components(), p
                    .levels());
        } else if (of instanceof Enumerated p) {
            return law(p.q());
        } else if (of instanceof Poisson p) {
            return Laws.poisson(values(p.logRate()));
        } else if (of instanceof NegativeBinomial p) {
            return Laws.negativeBinomial(values(p.logMean()), values(p.logInverseDispersion()));
        } else if (of instanceof ZeroInflatedNegativeBinomial p) {
            return Laws.zeroInflatedNegativeBinomial(values(p.logMean()), values(p.logInverseDispersion()), values(p
                    .extraZeros()));
        } else if (of instanceof RelaxedBernoulli p) {
            return Laws.relaxedBernoulli(values(p.logits()), p.temperature());
        } else if (of instanceof RelaxedCategorical p) {
            return Laws.relaxedCategorical(values(p.logits()), p.temperature());
        } else if (of instanceof Mixture p) {
            int count = (int) p.logits().columns();
            return Laws.mixture(values(p.logits()), IntStream.range(0, count).mapToObj(c -> new GraphLaws(step, row, c,
                    count).law(p.components())).toList());
        }
        if (of instanceof OptimalGaussian) {
            throw new IllegalArgumentException(
                    "an OptimalGaussian has a variance at data alone: give the distribution of"
                            + " its observation");
        }
        throw new IllegalArgumentException("a " + of.getClass().getSimpleName()
                + " is none of the library's distributions: implement Law");
    }

    private static Gaussian full(double[] mean, double[] logDiagonal, double[] lower) {
        int n = mean.length;
        double[][] covariance = new double[n][n];
        double[][] factor = new double[n][n];
        for (int i = 0; i < n; i++) {
            factor[i][i] = StrictMath.exp(logDiagonal[i]);
            System.arraycopy(lower, i * (i - 1) / 2, factor[i], 0, i);
            for (int j = 0; j <= i; j++) {
                for (int k = 0; k <= j; k++) {
                    covariance[i][j] += factor[i][k] * factor[j][k];
                }
                covariance[j][i] = covariance[i][j];
            }
        }
        return new Gaussian(mean, covariance);
    }
}
