package io.elbo4j.train.quantity;

import io.elbo4j.train.exact.Gaussian;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A Gaussian of any covariance; L of which it is L L^T, lower triangular. */
final class GaussianLaw implements Law {
    private final Gaussian of;
    private final double[][] factor;

    GaussianLaw(Gaussian of) {
        this.of = of;
        int n = of.mean().length;
        factor = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = of.covariance()[i][j];
                for (int k = 0; k < j; k++) {
                    rest -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = i == j ? StrictMath.sqrt(rest) : rest / factor[j][j];
            }
        }
    }

    @Override
    public int dimensions() {
        return of.mean().length;
    }

    @Override
    public Values values() {
        return Values.REAL;
    }

    @Override
    public double logDensity(double[] x) {
        double[] eps = new double[dimensions()];
        double log = -dimensions() / 2.0 * StrictMath.log(2 * Math.PI);
        for (int i = 0; i < eps.length; i++) {
            eps[i] = x[i] - of.mean()[i];
            for (int j = 0; j < i; j++) {
                eps[i] -= factor[i][j] * eps[j];
            }
            eps[i] /= factor[i][i];
            log -= eps[i] * eps[i] / 2 + StrictMath.log(factor[i][i]);
        }
        return log;
    }

    @Override
    public double[] draw(Dice dice) {
        double[] x = of.mean().clone();
        for (int j = 0; j < x.length; j++) {
            double eps = dice.normal();
            for (int i = j; i < x.length; i++) {
                x[i] += factor[i][j] * eps;
            }
        }
        return x;
    }

    /**
     * To independent Laplaces, which need each dimension's distance alone: E|x - m| = s sqrt(2 / pi) exp(-t^2) +
     * |mean - m| erf(t), t = |mean - m| / (s sqrt(2)), s its standard deviation (Leone, Nelson and Nottingham 1961, the
     * folded normal distribution).
     */
    @Override
    public OptionalDouble divergence(Law p) {
        List<Law> factors = p.factors();
        if (!factors.stream().allMatch(LaplaceLaw.class::isInstance)) {
            return OptionalDouble.empty();
        }
        double cross = 0;
        for (int i = 0; i < factors.size(); i++) {
            LaplaceLaw laplace = (LaplaceLaw) factors.get(i);
            double apart = Math.abs(of.mean()[i] - laplace.mean());
            double deviation = StrictMath.sqrt(of.covariance()[i][i]);
            double t = apart / deviation / StrictMath.sqrt(2);
            cross += laplace.cross(deviation * StrictMath.sqrt(2 / Math.PI) * StrictMath.exp(-t * t) + apart * Special
                    .erf(t));
        }
        return OptionalDouble.of(cross - of.entropy());
    }

    @Override
    public Optional<Gaussian> gaussian() {
        return Optional.of(of);
    }
}
