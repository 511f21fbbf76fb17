package io.elbo4j.train.quantity;

/** A distribution of one number. */
interface ScalarLaw extends Law {
    double logDensity(double x);

    double drawOne(Dice dice);

    @Override
    default int dimensions() {
        return 1;
    }

    @Override
    default double logDensity(double[] x) {
        return logDensity(x[0]);
    }

    @Override
    default double[] draw(Dice dice) {
        return new double[] {drawOne(dice)};
    }
}
