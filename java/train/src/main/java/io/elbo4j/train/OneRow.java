package io.elbo4j.train;

import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.model.DataCheck;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A step of one row, whose inputs are set by hand. */
final class OneRow implements AutoCloseable {
    private final DataCheck check;
    private final Step step;
    private final Standardisation standardisation;
    private final Map<String, Matrix> inputs = new TreeMap<>();
    private final Set<String> missing = new TreeSet<>();

    OneRow(Model model, Step step, Set<Input> inputs, Standardisation standardisation) {
        Inputs.requireStandardisable(model.graph(), "standardisation", standardisation.kind());
        this.check = new DataCheck(model.graph());
        this.step = step;
        this.standardisation = standardisation;
        inputs.forEach(input -> this.inputs.put(input.name(), step.value(input)));
        missing.addAll(this.inputs.keySet());
    }

    /** Refuses a model that would have to fit parameters to each row. */
    static void requireNoRows(Model model, String who) {
        if (model.local().isPresent()) {
            throw new IllegalArgumentException("this model fits q(z) to each row of the data at hand, which " + who
                    + " does not do: use coder(), a Coder, or an Evaluator");
        }
    }

    /** @throws IllegalArgumentException if there is no such input, or the model does not take the row there */
    void set(String input, float[] row) {
        Matrix matrix = inputs.get(input);
        if (matrix == null) {
            throw new IllegalArgumentException("the model has no input '" + input + "' here; it has "
                    + String.join(", ", inputs.keySet()));
        }
        if (row.length != matrix.columns()) {
            throw new IllegalArgumentException(input + " must hold " + matrix.columns() + " numbers, not "
                    + row.length);
        }
        check.require(input, row);
        missing.remove(input);
        matrix.set(input.equals(Images.X) ? standardisation.apply(row) : row, 0);
    }

    /** What an input was last set to. */
    float[] get(String input) {
        return inputs.get(input).toArray();
    }

    /**
     * Runs on the row x, with the noise of the first row of data.
     *
     * @throws IllegalStateException naming an input that was never set
     */
    Step run(float[] x) {
        set(Images.X, x);
        if (!missing.isEmpty()) {
            throw new IllegalStateException("the model also takes " + String.join(", ", missing)
                    + ": say which, by with(...), before the first row");
        }
        step.run(0);
        return step;
    }

    @Override
    public void close() {
        step.close();
    }
}
