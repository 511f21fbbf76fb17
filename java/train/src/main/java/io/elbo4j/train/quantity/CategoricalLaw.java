package io.elbo4j.train.quantity;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** One of several classes, as a row with a single 1. */
final class CategoricalLaw implements Law {
    private final double[] log;

    CategoricalLaw(double[] logits) {
        log = Special.logSoftmax(logits);
    }

    @Override
    public int dimensions() {
        return log.length;
    }

    @Override
    public Values values() {
        return Values.ONE_HOT;
    }

    @Override
    public double logDensity(double[] x) {
        for (int c = 0; c < log.length; c++) {
            if (x[c] == 1) {
                return log[c];
            }
        }
        return Double.NEGATIVE_INFINITY;
    }

    /** By the largest of perturbed logarithms. */
    @Override
    public double[] draw(Dice dice) {
        return row(choose(log, dice));
    }

    static int choose(double[] log, Dice dice) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < log.length; c++) {
            double perturbed = log[c] + dice.gumbel();
            if (perturbed > most) {
                most = perturbed;
                best = c;
            }
        }
        return best;
    }

    private double[] row(int c) {
        double[] x = new double[log.length];
        x[c] = 1;
        return x;
    }

    @Override
    public Optional<List<double[]>> masses() {
        return Optional.of(IntStream.range(0, log.length).mapToObj(this::row).toList());
    }
}
