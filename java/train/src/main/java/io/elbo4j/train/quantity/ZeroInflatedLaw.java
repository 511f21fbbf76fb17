package io.elbo4j.train.quantity;

/** 0 with probability sigmoid(extraZeros), else as the other one. */
record ZeroInflatedLaw(CountLaw of, double extraZeros) implements CountLaw {
    @Override
    public double mean() {
        return of.mean();
    }

    @Override
    public double logDensity(double x) {
        double other = of.logDensity(x) - Special.softplus(extraZeros);
        return x == 0 ? Special.logSumExp(new double[] {-Special.softplus(-extraZeros), other}) : other;
    }

    @Override
    public double drawOne(Dice dice) {
        return StrictMath.log(dice.uniform()) < -Special.softplus(-extraZeros) ? 0 : of.drawOne(dice);
    }
}
