package io.elbo4j.train.quantity;

/** The logarithm of a point of the simplex, log softmax((logits + Gumbel noise) / temperature). */
record RelaxedCategoricalLaw(double[] logits, double temperature) implements Law {
    @Override
    public int dimensions() {
        return logits.length;
    }

    @Override
    public Values values() {
        return Values.LOG_SIMPLEX;
    }

    @Override
    public double logDensity(double[] x) {
        int c = logits.length;
        double[] scores = new double[c];
        for (int i = 0; i < c; i++) {
            scores[i] = logits[i] - temperature * x[i];
        }
        double log = Special.logGamma(c) + (c - 1) * StrictMath.log(temperature);
        for (double each : Special.logSoftmax(scores)) {
            log += each;
        }
        return log;
    }

    @Override
    public double[] draw(Dice dice) {
        double[] z = new double[logits.length];
        for (int i = 0; i < z.length; i++) {
            z[i] = (logits[i] + dice.gumbel()) / temperature;
        }
        return Special.logSoftmax(z);
    }
}
