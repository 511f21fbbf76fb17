package io.elbo4j.train.quantity;

import java.util.List;
import java.util.Optional;

/** 1 with probability sigmoid(logit), else 0. */
record BernoulliLaw(double logit) implements ScalarLaw {
    @Override
    public Values values() {
        return Values.BINARY;
    }

    @Override
    public double logDensity(double x) {
        return x == 1 ? -Special.softplus(-logit) : x == 0 ? -Special.softplus(logit) : Double.NEGATIVE_INFINITY;
    }

    @Override
    public double drawOne(Dice dice) {
        return StrictMath.log(dice.uniform()) < logDensity(1) ? 1 : 0;
    }

    @Override
    public Optional<List<double[]>> masses() {
        return Optional.of(List.of(new double[] {0}, new double[] {1}));
    }
}
