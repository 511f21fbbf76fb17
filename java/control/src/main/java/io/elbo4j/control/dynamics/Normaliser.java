package io.elbo4j.control.dynamics;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Subtract;

/**
 * Columns minus their mean over their standard deviation, and back. Mean and deviation are rows of {@link Parameters},
 * so that a checkpoint has them; nothing trains them. They stay as they are from one {@link #fit} to the next.
 */
public final class Normaliser {
    private final String name;
    private final int columns;
    private final Value mean;
    private final Value deviation;
    private final Value inverse;

    /** At first nothing is changed. */
    public Normaliser(Graph graph, String name, int columns) {
        this.name = name;
        this.columns = columns;
        this.mean = LearnedRow.of(graph, name + ".mean", columns, 0);
        this.deviation = LearnedRow.of(graph, name + ".deviation", columns, 1);
        this.inverse = LearnedRow.of(graph, name + ".inverse", columns, 1);
    }

    public Value normalise(Value x) {
        return Multiply.of(Subtract.of(x, mean), inverse);
    }

    public Value restore(Value x) {
        return Add.of(scale(x), mean);
    }

    /** What is a difference, as a standard deviation. */
    public Value scale(Value x) {
        return Multiply.of(x, deviation);
    }

    /**
     * Takes mean and deviation of these rows, in double. A column that is constant is divided by nothing.
     *
     * @param rows at least one
     */
    public void fit(Parameters parameters, float[] rows) {
        require(rows.length >= columns && rows.length % columns == 0, "rows", "a multiple of " + columns + " numbers",
                rows.length);
        float[] means = new float[columns];
        float[] deviations = new float[columns];
        float[] inverses = new float[columns];
        int count = rows.length / columns;
        for (int c = 0; c < columns; c++) {
            double sum = 0;
            double squares = 0;
            for (int r = 0; r < count; r++) {
                sum += rows[r * columns + c];
            }
            double m = sum / count;
            for (int r = 0; r < count; r++) {
                squares += (rows[r * columns + c] - m) * (rows[r * columns + c] - m);
            }
            double d = Math.sqrt(squares / count);
            // what varies by rounding alone does not vary
            d = d > 1e-6 * Math.max(1, Math.abs(m)) ? d : 1;
            means[c] = (float) m;
            deviations[c] = (float) d;
            inverses[c] = (float) (1 / d);
        }
        set(parameters, ".mean", means);
        set(parameters, ".deviation", deviations);
        set(parameters, ".inverse", inverses);
    }

    private void set(Parameters parameters, String which, float[] row) {
        parameters.all().stream().filter(s -> s.parameter().name().equals(name + which)).findFirst().orElseThrow()
                .value().set(row);
    }
}
