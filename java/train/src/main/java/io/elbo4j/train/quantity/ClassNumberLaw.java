package io.elbo4j.train.quantity;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The number of one of several classes, from 0 on, each with a logarithm of its probability. */
record ClassNumberLaw(double[] log) implements ScalarLaw {
    @Override
    public Values values() {
        return Values.COUNTS;
    }

    @Override
    public double logDensity(double x) {
        return x >= 0 && x < log.length && x == Math.rint(x) ? log[(int) x] : Double.NEGATIVE_INFINITY;
    }

    @Override
    public double drawOne(Dice dice) {
        return CategoricalLaw.choose(log, dice);
    }

    @Override
    public boolean isFinite() {
        return true;
    }

    @Override
    public Optional<List<double[]>> masses() {
        return Optional.of(IntStream.range(0, log.length).mapToObj(c -> new double[] {c}).toList());
    }
}
