package io.elbo4j.train.quantity;

import io.elbo4j.train.exact.Gaussian;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Distributions beside each other. */
final class IndependentLaw implements Law {
    /** Where they have more values together, sums give way to draws. */
    private static final int MOST = 1 << 17;

    private final List<Law> factors;

    IndependentLaw(List<Law> factors) {
        this.factors = List.copyOf(factors);
    }

    @Override
    public int dimensions() {
        return factors.stream().mapToInt(Law::dimensions).sum();
    }

    @Override
    public Values values() {
        return factors.get(0).values();
    }

    @Override
    public double logDensity(double[] x) {
        double sum = 0;
        int at = 0;
        for (Law each : factors) {
            sum += each.logDensity(Arrays.copyOfRange(x, at, at + each.dimensions()));
            at += each.dimensions();
        }
        return sum;
    }

    @Override
    public double[] draw(Dice dice) {
        double[] x = new double[dimensions()];
        int at = 0;
        for (Law each : factors) {
            System.arraycopy(each.draw(dice), 0, x, at, each.dimensions());
            at += each.dimensions();
        }
        return x;
    }

    @Override
    public boolean isFinite() {
        return factors.stream().allMatch(Law::isFinite);
    }

    /** All combinations, the last factor's values innermost. */
    @Override
    public Optional<List<double[]>> masses() {
        if (!isFinite()) {
            return Optional.empty();
        }
        List<double[]> all = List.of(new double[0]);
        for (Law each : factors) {
            Optional<List<double[]>> own = each.masses();
            if (own.isEmpty() || (long) all.size() * own.get().size() > MOST) {
                return Optional.empty();
            }
            List<double[]> longer = new ArrayList<>();
            for (double[] begun : all) {
                for (double[] next : own.get()) {
                    double[] x = Arrays.copyOf(begun, begun.length + next.length);
                    System.arraycopy(next, 0, x, begun.length, next.length);
                    longer.add(x);
                }
            }
            all = longer;
        }
        return Optional.of(all);
    }

    @Override
    public List<Law> factors() {
        return factors;
    }

    @Override
    public Optional<Gaussian> gaussian() {
        if (factors.stream().anyMatch(f -> f.gaussian().isEmpty())) {
            return Optional.empty();
        }
        double[] mean = new double[dimensions()];
        double[][] covariance = new double[mean.length][mean.length];
        int at = 0;
        for (Law each : factors) {
            Gaussian of = each.gaussian().orElseThrow();
            for (int i = 0; i < of.mean().length; i++) {
                mean[at + i] = of.mean()[i];
                System.arraycopy(of.covariance()[i], 0, covariance[at + i], at, of.mean().length);
            }
            at += of.mean().length;
        }
        return Optional.of(new Gaussian(mean, covariance));
    }
}
