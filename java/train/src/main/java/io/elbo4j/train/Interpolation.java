package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

/** Points between two codes, in even steps. */
public final class Interpolation {
    /** The way from one to the other. */
    public enum Path {
        /** (1 - t) from + t to */
        LINEAR,
        /**
         * along the arc around the origin (White 2016, Sampling generative networks, section 2): with omega the angle
         * between them,
         * {@code sin((1 - t) omega) / sin(omega) from + sin(t omega) / sin(omega) to}
         */
        SPHERICAL
    }

    /** Of lesser angles the arc is the line, to rounding; of those that are as near to pi there is no one arc. */
    private static final double LEAST_SINE = 1e-6;

    private Interpolation() {}

    /**
     * All points, one after the other: {@code steps} x the codes' length. The first is {@code from}, the last {@code
     * to}.
     *
     * @param steps at least 2
     */
    public static float[] of(Path path, float[] from, float[] to, int steps) {
        require(from.length == to.length, "to", "as long as from, which has " + from.length + " values", to.length);
        require(steps >= 2, "steps", "at least 2", steps);
        double omega = path == Path.SPHERICAL ? angle(from, to) : 0;
        boolean arc = Math.abs(StrictMath.sin(omega)) > LEAST_SINE;
        float[] all = new float[Math.multiplyExact(steps, from.length)];
        for (int s = 0; s < steps; s++) {
            double t = s / (steps - 1.0);
            double ofFrom = arc ? StrictMath.sin((1 - t) * omega) / StrictMath.sin(omega) : 1 - t;
            double ofTo = arc ? StrictMath.sin(t * omega) / StrictMath.sin(omega) : t;
            for (int i = 0; i < from.length; i++) {
                all[s * from.length + i] = (float) (ofFrom * from[i] + ofTo * to[i]);
            }
        }
        return all;
    }

    /** NaN where one of them has no length, which is no arc either. */
    private static double angle(float[] from, float[] to) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < from.length; i++) {
            dot += (double) from[i] * to[i];
            a += (double) from[i] * from[i];
            b += (double) to[i] * to[i];
        }
        return StrictMath.acos(Math.max(-1, Math.min(1, dot / Math.sqrt(a * b))));
    }
}
