package io.elbo4j.cli;

import io.elbo4j.train.Coder;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Labels;
import io.elbo4j.train.graph.Input;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Classes, for a model that takes them. */
final class LabelOption {
    @Option(names = "--label", paramLabel = "N,N,...",
            description = "for a model of labels: the classes of what is made, one after the other and over again"
                    + " (those of the rows that it is made from, else 0,1,2,...)")
    private WholeNumbers classes;

    boolean isGiven() {
        return classes != null;
    }

    /** What the decoder of a model needs of so many rows beside z; null if that is nothing. */
    Images conditions(Coder coder, int rows) {
        Set<Input> inputs = coder.conditions();
        Input label = inputs.stream().filter(i -> i.name().equals(Images.LABEL)).findFirst().orElse(null);
        if (label == null && classes != null) {
            throw Failure.usage("--label goes with a model of labels, as conditional-vae; this one has none");
        }
        for (Input input : inputs) {
            if (input != label) {
                throw Failure.usage("this model needs '" + input.name() + "' of each row beside z, which this command"
                        + " cannot give");
            }
        }
        if (label == null) {
            return null;
        }
        int all = Math.toIntExact(label.columns());
        List<Integer> cycle = classes != null ? classes.all() : IntStream.range(0, all).boxed().toList();
        int[] each = new int[rows];
        Arrays.setAll(each, i -> cycle.get(i % cycle.size()));
        try {
            Images labels = Labels.oneHot("--label", each, all);
            // of x only the place is needed
            return new Images("rows", rows, 1, 1, 1, new float[rows]).with(Images.LABEL, labels);
        } catch (DataException e) {
            throw Failure.usage(e.getMessage());
        }
    }
}
