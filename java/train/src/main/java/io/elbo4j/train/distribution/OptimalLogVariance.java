package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.MovingAverage;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.RowSum;
import java.util.List;

/**
 * The log of the batch's mean squared error in a step that trains, else of its moving average: one row, the same in all
 * columns. The average is two numbers, of the errors and of ones, whose quotient is not drawn to where they began
 * (Kingma and Ba 2015, section 3).
 */
final class OptimalLogVariance extends Value {
    private static final double DECAY = 0.99;
    /** Of both averages, of no weight after the first step. */
    private static final float INITIALLY = 0x1p-20f;
    /** So that a batch without error has a density. */
    private static final float LEAST_VARIANCE = 0x1p-100f;

    private final Value mean;
    private final Value x;
    private final Parameter averages;

    private OptimalLogVariance(Value mean, Value x, Parameter averages) {
        super("log of " + averages.name(), mean.columns(), Rows.SHARED, List.of(mean, x), List.of(averages));
        this.mean = mean;
        this.x = x;
        this.averages = averages;
    }

    static Value of(String name, Value mean, Value x) {
        String free = mean.graph().freeName("log of " + name).substring("log of ".length());
        return mean.graph().add(new OptimalLogVariance(mean, mean.graph().repeat(x, mean.rows()), Parameter.statistic(
                free, 1, 2, INITIALLY)));
    }

    @Override
    protected boolean passesGradient() {
        return false;
    }

    @Override
    protected void forward(Plan plan) {
        Matrix logarithm = plan.buffer(this, "logarithm", 1, 1);
        Matrix kept = plan.parameter(averages);
        if (plan.trains(averages)) {
            Matrix error = meanSquare(plan);
            Matrix one = plan.constant(this, "one", 1, 1, 1);
            plan.launch(MovingAverage.update(error, DECAY, kept.columns(0, 1)));
            plan.launch(MovingAverage.update(one, DECAY, kept.columns(1, 2)));
            Matrix variance = plan.buffer(this, "variance", 1, 1);
            plan.launch(Arithmetic.scaleAndShift(1, LEAST_VARIANCE, error, variance));
            plan.launch(Elementwise.activation(Activation.LOG, variance, logarithm));
        } else {
            Matrix ofBoth = plan.buffer(this, "logarithms of the averages", 1, 2);
            plan.launch(Elementwise.activation(Activation.LOG, kept, ofBoth));
            plan.launch(Arithmetic.subtract(ofBoth.columns(0, 1), ofBoth.columns(1, 2), logarithm));
        }
        plan.launch(RowSum.spread(plan, this, logarithm, plan.value(this)));
    }

    private Matrix meanSquare(Plan plan) {
        Matrix m = plan.value(mean);
        Matrix difference = plan.buffer(this, "error of each element", m.rows(), m.columns());
        Matrix squares = plan.buffer(this, "squared error of each row", m.rows(), 1);
        Matrix sum = plan.buffer(this, "squared error", 1, 1);
        Matrix error = plan.buffer(this, "mean squared error", 1, 1);
        plan.launch(Arithmetic.subtract(m, plan.value(x), difference));
        plan.launch(Sums.rowsOfSquares(difference, squares));
        plan.launch(Sums.columns(squares, sum));
        plan.launch(Arithmetic.scale((float) (1.0 / (plan.wholeRows(mean.rows()) * (double) m.columns())), sum, error));
        return error;
    }
}
