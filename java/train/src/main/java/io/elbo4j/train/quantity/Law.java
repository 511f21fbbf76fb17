package io.elbo4j.train.quantity;

import io.elbo4j.train.exact.Gaussian;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A distribution in double precision: one of {@link Laws}, or of yours. */
public interface Law {
    int dimensions();

    Values values();

    /** log p(x), or of its mass, in nats. */
    double logDensity(double[] x);

    double[] draw(Dice dice);

    /** The entropy in nats, where it has a formula. */
    default OptionalDouble entropy() {
        return OptionalDouble.empty();
    }

    /** KL(this || p) in nats, where it has a formula. */
    default OptionalDouble divergence(Law p) {
        return OptionalDouble.empty();
    }

    /** All values that have a mass, but for some of 1e-18 and less, where they can be listed. */
    default Optional<List<double[]>> masses() {
        return Optional.empty();
    }

    /**
     * Whether {@link #masses} has all of its values, not only those that matter to itself: log p(x) is a sum then.
     */
    default boolean isFinite() {
        return values() == Values.BINARY || values() == Values.ONE_HOT;
    }

    /** Of which it is the product, in the order of their dimensions: independent ones, or itself alone. */
    default List<Law> factors() {
        return List.of(this);
    }

    /** What it is, where it is one. */
    default Optional<Gaussian> gaussian() {
        return Optional.empty();
    }
}
