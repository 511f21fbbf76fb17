package io.elbo4j.train.posterior;

import io.elbo4j.train.schedule.Cosine;

/** Where a density is higher than around: by Adam (Kingma and Ba 2015, algorithm 1), in double precision. */
final class Mode {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private Mode() {}

    /**
     * Climbs from a point.
     *
     * @param learningRate of the first update; it falls to 0 along half a cosine
     */
    static double[] of(Density target, double[] start, int updates, double learningRate) {
        Cosine rate = new Cosine(learningRate, 0, updates);
        double[] z = start.clone();
        double[] gradient = new double[z.length];
        double[] first = new double[z.length];
        double[] second = new double[z.length];
        for (int t = 0; t < updates; t++) {
            target.logDensity(z, gradient);
            double ofFirst = 1 - StrictMath.pow(BETA1, t + 1);
            double ofSecond = 1 - StrictMath.pow(BETA2, t + 1);
            for (int d = 0; d < z.length; d++) {
                first[d] += (1 - BETA1) * (gradient[d] - first[d]);
                second[d] += (1 - BETA2) * (gradient[d] * gradient[d] - second[d]);
                z[d] += rate.at(t) * first[d] / ofFirst / (StrictMath.sqrt(second[d] / ofSecond) + EPSILON);
            }
        }
        return z;
    }
}
