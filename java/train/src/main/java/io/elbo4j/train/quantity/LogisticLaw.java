package io.elbo4j.train.quantity;

import java.util.OptionalDouble;

/** A relaxed Bernoulli, in the space of logits: (logit + logistic noise) / temperature. */
record LogisticLaw(double logit, double temperature) implements ScalarLaw {
    @Override
    public Values values() {
        return Values.REAL;
    }

    @Override
    public double logDensity(double x) {
        double s = logit - temperature * x;
        return StrictMath.log(temperature) + s - 2 * Special.softplus(s);
    }

    @Override
    public double drawOne(Dice dice) {
        double u = dice.uniform();
        return (logit + StrictMath.log(u) - StrictMath.log1p(-u)) / temperature;
    }

    @Override
    public OptionalDouble entropy() {
        return OptionalDouble.of(2 - StrictMath.log(temperature));
    }
}
