package io.elbo4j.train.quantity;

import java.util.SplittableRandom;

/** Random numbers, the same for a seed on every JVM. */
public final class Dice {
    private final SplittableRandom random;

    public Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    /** In (0, 1), in steps of 2^-53. */
    public double uniform() {
        return ((random.nextLong() >>> 12) + 0.5) * 0x1p-52;
    }

    /** By Box and Muller. */
    public double normal() {
        return StrictMath.sqrt(-2 * StrictMath.log(uniform())) * StrictMath.cos(2 * Math.PI * uniform());
    }

    /** A Gumbel number. */
    public double gumbel() {
        return -StrictMath.log(-StrictMath.log(uniform()));
    }

    /** A number of the gamma distribution with scale 1 (Marsaglia and Tsang 2000). */
    public double gamma(double shape) {
        if (shape < 1) {
            return gamma(shape + 1) * StrictMath.pow(uniform(), 1 / shape);
        }
        double d = shape - 1 / 3.0;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = normal();
            double v = 1 + c * x;
            v = v * v * v;
            if (v > 0 && StrictMath.log(uniform()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return d * v;
            }
        }
    }
}
