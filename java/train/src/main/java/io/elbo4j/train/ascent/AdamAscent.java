package io.elbo4j.train.ascent;

/** Adam (Kingma and Ba 2015, algorithm 1) in double precision, for gradients that come from a formula. */
final class AdamAscent {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final double rate;
    private final double[] first;
    private final double[] second;
    private int steps;

    AdamAscent(double rate, int numbers) {
        this.rate = rate;
        first = new double[numbers];
        second = new double[numbers];
    }

    /** What the next step adds to the parameters. */
    double[] step(double[] gradient) {
        steps++;
        double ofFirst = 1 - StrictMath.pow(BETA1, steps);
        double ofSecond = 1 - StrictMath.pow(BETA2, steps);
        double[] by = new double[gradient.length];
        for (int i = 0; i < by.length; i++) {
            first[i] += (1 - BETA1) * (gradient[i] - first[i]);
            second[i] += (1 - BETA2) * (gradient[i] * gradient[i] - second[i]);
            by[i] = rate * first[i] / ofFirst / (StrictMath.sqrt(second[i] / ofSecond) + EPSILON);
        }
        return by;
    }
}
