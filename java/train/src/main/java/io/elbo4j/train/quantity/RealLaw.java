package io.elbo4j.train.quantity;

import io.elbo4j.train.exact.Gaussian;
import java.util.OptionalDouble;

/** A density of one real number whose entropy has a formula, and so has its KL to what its moments decide. */
interface RealLaw extends ScalarLaw {
    double mean();

    /** Infinite where it has none. */
    double variance();

    /** E|x - m|: infinite where it has none. */
    double distance(double m);

    /**
     * KL(q || p) = -E[log p] - H(q), where {@code -E[log N(x; m, v)] = (log(2 pi v) + (variance + (mean - m)^2) / v) /
     * 2}, and of a Laplace with mean m and scale b it is log(2 b) + E|x - m| / b.
     */
    @Override
    default OptionalDouble divergence(Law p) {
        double entropy = entropy().orElseThrow();
        if (p instanceof LaplaceLaw laplace) {
            return OptionalDouble.of(laplace.cross(distance(laplace.mean())) - entropy);
        }
        if (p.gaussian().isEmpty()) {
            return OptionalDouble.empty();
        }
        Gaussian gaussian = p.gaussian().get();
        double apart = mean() - gaussian.mean()[0];
        double variance = gaussian.covariance()[0][0];
        return OptionalDouble.of((StrictMath.log(2 * Math.PI * variance) + (variance() + apart * apart) / variance) / 2
                - entropy);
    }
}
