package io.elbo4j.train.model;

import io.elbo4j.train.data.Images;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A body on a line that is pushed, in double precision: its place and speed (p, v) after a push a, of which noisy
 * places o are seen. What log p(o_1..T | a_1..T-1) is, the Kalman filter says.
 *
 * <pre>
 *   p' = p + dt v + dt^2/2 a + N(0, q_p),  v' = v + dt a + N(0, q_v),  o = p + N(0, r)
 * </pre>
 */
record DoubleIntegrator(double dt, double placeVariance, double speedVariance, double seenVariance) {
    /**
     * @param first the variance of place and speed at first
     * @param pushes the variance of the pushes
     */
    Images draw(SplittableRandom random, int rows, int steps, double first, double pushes) {
        float[] x = new float[rows * steps * 2];
        for (int i = 0; i < rows; i++) {
            double p = Math.sqrt(first) * random.nextGaussian();
            double v = Math.sqrt(first) * random.nextGaussian();
            for (int t = 0; t < steps; t++) {
                double a = Math.sqrt(pushes) * random.nextGaussian();
                x[(i * steps + t) * 2] = (float) (p + Math.sqrt(seenVariance) * random.nextGaussian());
                x[(i * steps + t) * 2 + 1] = (float) a;
                p += dt * v + dt * dt / 2 * a + Math.sqrt(placeVariance) * random.nextGaussian();
                v += dt * a + Math.sqrt(speedVariance) * random.nextGaussian();
            }
        }
        float[] mask = new float[rows * steps];
        Arrays.fill(mask, 1);
        return new Images("pushed", rows, steps, 2, 1, x).with(Images.MASK, new Images("mask", rows, 1, steps, 1,
                mask));
    }

    /**
     * log p of a row's first observations.
     *
     * @param mean of the first state, place and speed
     * @param variance of both
     * @param unknown the variance of pushes that are not known; 0 where they are given
     */
    double logDensity(float[] row, int length, double[] mean, double[] variance, double unknown) {
        double p = mean[0];
        double v = mean[1];
        double pp = variance[0];
        double pv = 0;
        double vv = variance[1];
        double log = 0;
        for (int t = 0; t < length; t++) {
            double s = pp + seenVariance;
            double off = row[2 * t] - p;
            log -= 0.5 * (Math.log(2 * Math.PI * s) + off * off / s);
            p += pp / s * off;
            v += pv / s * off;
            vv -= pv * pv / s;
            pv -= pp * pv / s;
            pp -= pp * pp / s;
            double a = unknown > 0 ? 0 : row[2 * t + 1];
            p += dt * v + dt * dt / 2 * a;
            v += dt * a;
            pp += 2 * dt * pv + dt * dt * vv + placeVariance + dt * dt * dt * dt / 4 * unknown;
            pv += dt * vv + dt * dt * dt / 2 * unknown;
            vv += speedVariance + dt * dt * unknown;
        }
        return log;
    }
}
