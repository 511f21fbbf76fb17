package io.elbo4j.train.posterior;

import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.FullGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Posterior;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.LearnedRow;

/** Gaussians that can be fitted: q(z) as a node, and its L once it is learned. */
public enum GaussianFamily {
    /** the dimensions independent: mean field */
    DIAGONAL {
        @Override
        Posterior of(Graph g, long dimensions) {
            return new DiagonalGaussian(row(g, MEAN, dimensions), row(g, SCALE, dimensions));
        }

        @Override
        double[][] factor(Parameters learned, int dimensions) {
            return triangle(0.5, learned(learned, SCALE), new float[dimensions * (dimensions - 1) / 2]);
        }
    },

    /** any covariance */
    FULL {
        @Override
        Posterior of(Graph g, long dimensions) {
            return new FullGaussian(row(g, MEAN, dimensions), row(g, SCALE, dimensions), row(g, LOWER, dimensions
                    * (dimensions - 1) / 2));
        }

        @Override
        double[][] factor(Parameters learned, int dimensions) {
            return triangle(1, learned(learned, SCALE), learned(learned, LOWER));
        }
    };

    static final String MEAN = "mean";
    private static final String SCALE = "scale";
    private static final String LOWER = "lower";

    /** It begins as N(0, I). */
    abstract Posterior of(Graph g, long dimensions);

    abstract double[][] factor(Parameters learned, int dimensions);

    private static Value row(Graph g, String name, long columns) {
        return LearnedRow.of(g, name, columns, 0);
    }

    static float[] learned(Parameters parameters, String name) {
        return parameters.all().stream().filter(s -> s.parameter().name().equals(name)).findFirst().orElseThrow()
                .value().toArray();
    }

    private static double[][] triangle(double ofLog, float[] log, float[] lower) {
        double[][] factor = new double[log.length][log.length];
        for (int i = 0; i < log.length; i++) {
            factor[i][i] = StrictMath.exp(ofLog * log[i]);
            for (int j = 0; j < i; j++) {
                factor[i][j] = lower[i * (i - 1) / 2 + j];
            }
        }
        return factor;
    }
}
