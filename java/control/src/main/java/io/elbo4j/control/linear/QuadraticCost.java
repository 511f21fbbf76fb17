package io.elbo4j.control.linear;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.exact.Cholesky;
import java.util.Arrays;

/**
 * A cost of x = (z, a) that is quadratic: x^T C x / 2 + c^T x + constant.
 *
 * @param curvature C, symmetric
 * @param slope c
 * @param constant the cost of 0
 */
public record QuadraticCost(double[][] curvature, double[] slope, double constant) {
    /** What a curvature is at least, in the units of {@link Regression}. */
    private static final double LEAST_CURVATURE = 1e-4;
    private static final double FREE = 1e-9;

    public double at(double[] x) {
        return Dense.dot(x, Dense.product(curvature, x)) / 2 + Dense.dot(slope, x) + constant;
    }

    /**
     * The mean of the cost of a Gaussian.
     *
     * @param covariance of x
     */
    double expected(double[] mean, double[][] covariance) {
        return at(mean) + Dense.inner(curvature, covariance) / 2;
    }

    /**
     * Costs that were seen, to be regressed on 1, x and its products, ridge regression. It is done in units, x - centre
     * divided by unit: where an x does not vary the cost is taken for flat there.
     *
     * @param centre of each number of x
     * @param unit of each number of x, above 0
     * @param ridge what each coefficient but the constant costs, of each row that is seen; above 0
     */
    public record Regression(double[] centre, double[] unit, double ridge) {
        public Regression {
            requireGiven("centre", centre);
            requireGiven("unit", unit);
            require(unit.length == centre.length, "unit", centre.length + " numbers, as centre", unit.length);
            require(Arrays.stream(unit).allMatch(u -> u > 0), "unit", "above 0", Arrays.toString(unit));
            require(ridge > 0 && Double.isFinite(ridge), "ridge", "above 0", ridge);
        }

        private int coefficients() {
            int d = centre.length;
            return 1 + d + d * (d + 1) / 2;
        }

        /** None seen yet. */
        public Moments none() {
            return new Moments(1, coefficients());
        }

        /** One that was seen. */
        public Moments of(double[] x, double cost) {
            int d = centre.length;
            double[] features = new double[coefficients()];
            features[0] = 1;
            for (int i = 0, at = 1 + d; i < d; i++) {
                features[1 + i] = (x[i] - centre[i]) / unit[i];
                for (int j = 0; j <= i; j++) {
                    features[at++] = features[1 + i] * features[1 + j];
                }
            }
            return Moments.of(new double[] {cost}, features);
        }

        /**
         * The cost that was seen, made convex: first all coefficients, then, with the nearest curvature that is
         * positive, slope and constant again.
         */
        public QuadraticCost fitted(Moments seen) {
            int d = centre.length;
            int all = coefficients();
            double[] w = solved(seen, seen.yx()[0], all);
            double[][] curvature = new double[d][d];
            for (int i = 0, at = 1 + d; i < d; i++) {
                for (int j = 0; j <= i; j++, at++) {
                    curvature[i][j] += w[at];
                    curvature[j][i] += w[at];
                }
            }
            curvature = Dense.atLeast(LEAST_CURVATURE, curvature);
            double[] bent = new double[all - 1 - d];
            for (int i = 0, at = 0; i < d; i++) {
                for (int j = 0; j <= i; j++) {
                    bent[at++] = i == j ? curvature[i][i] / 2 : curvature[i][j];
                }
            }
            double[] left = Dense.sum(Arrays.copyOf(seen.yx()[0], 1 + d), -1, Dense.product(Dense.block(seen.xx(), 0, 1
                    + d, 1 + d, all), bent));
            return unscaled(curvature, solved(seen, left, 1 + d));
        }

        /** The first coefficients. */
        private double[] solved(Moments seen, double[] target, int count) {
            double[][] a = Dense.block(seen.xx(), 0, count, 0, count);
            for (int i = 0; i < count; i++) {
                a[i][i] += (i == 0 ? FREE : ridge) * seen.count();
            }
            return new Cholesky("costs", a).solve(Arrays.copyOf(target, count));
        }

        private QuadraticCost unscaled(double[][] curvature, double[] w) {
            int d = centre.length;
            double[][] c = new double[d][d];
            double[] slope = new double[d];
            for (int i = 0; i < d; i++) {
                slope[i] = w[1 + i] / unit[i];
                for (int j = 0; j < d; j++) {
                    c[i][j] = curvature[i][j] / (unit[i] * unit[j]);
                }
            }
            double constant = w[0] - Dense.dot(slope, centre) + Dense.dot(centre, Dense.product(c, centre)) / 2;
            return new QuadraticCost(c, Dense.sum(slope, -1, Dense.product(c, centre)), constant);
        }
    }
}
