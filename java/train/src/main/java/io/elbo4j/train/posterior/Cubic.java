package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * A regression of one number: y = x^3 + N(0, 9) (Hernandez-Lobato and Adams 2015), in units in which both are near 1:
 * x / 2.3 and y / 25.
 *
 * @param x of each point, in those units
 * @param y of each point, in those units
 */
public record Cubic(double[] x, double[] y) {
    /** Units of x. */
    public static final double X_UNIT = 2.3;
    /** Units of y. */
    public static final double Y_UNIT = 25;
    /** Standard deviation of y given x, in its units. */
    public static final double NOISE = 3 / Y_UNIT;
    /** Where x lies: from minus this to this. */
    public static final double REACH = 4;
    /** Where data with a gap has none, and this is not at its edge. */
    static final double INSIDE = 1;
    private static final double EDGE = 1.5;
    private static final int POINTS = 3;
    private static final int NOISES = 4;

    /**
     * Points at random places.
     *
     * @param gap whether there is none for |x| below 1.5
     * @param set another number is another set of the same seed, at least 0
     */
    public static Cubic of(int count, boolean gap, long seed, int set) {
        require(count >= 1, "count", "at least 1", count);
        require(set >= 0, "set", "at least 0", set);
        ChainNoise places = new ChainNoise(seed, POINTS);
        ChainNoise noises = new ChainNoise(seed, NOISES);
        double[] x = new double[count];
        double[] y = new double[count];
        double[] eps = new double[1];
        double least = gap ? EDGE : 0;
        for (int i = 0; i < count; i++) {
            double place = 2 * places.uniform(i, set) - 1;
            double at = Math.signum(place) * (least + (REACH - least) * Math.abs(place));
            noises.normals(i, set, eps);
            x[i] = at / X_UNIT;
            y[i] = at * at * at / Y_UNIT + NOISE * eps[0];
        }
        return new Cubic(x, y);
    }

    int rows() {
        return x.length;
    }
}
