package io.elbo4j.train.quantity;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Each of the components with its probability, softmax of the logits. */
final class MixtureLaw implements Law {
    private final double[] log;
    private final List<Law> components;

    MixtureLaw(double[] logits, List<Law> components) {
        this.log = Special.logSoftmax(logits);
        this.components = List.copyOf(components);
    }

    @Override
    public int dimensions() {
        return components.get(0).dimensions();
    }

    @Override
    public Values values() {
        return components.get(0).values();
    }

    @Override
    public double logDensity(double[] x) {
        double[] each = new double[log.length];
        for (int c = 0; c < each.length; c++) {
            each[c] = log[c] + components.get(c).logDensity(x);
        }
        return Special.logSumExp(each);
    }

    @Override
    public double[] draw(Dice dice) {
        return components.get(CategoricalLaw.choose(log, dice)).draw(dice);
    }

    @Override
    public boolean isFinite() {
        return components.stream().allMatch(Law::isFinite);
    }

    /** Those of all components, each once. */
    @Override
    public Optional<List<double[]>> masses() {
        List<Optional<List<double[]>>> all = components.stream().map(Law::masses).toList();
        TreeSet<double[]> seen = new TreeSet<>(Arrays::compare);
        return all.stream().anyMatch(Optional::isEmpty) ? Optional.empty()
                : Optional.of(all.stream().flatMap(each -> each.get().stream()).filter(seen::add).toList());
    }
}
