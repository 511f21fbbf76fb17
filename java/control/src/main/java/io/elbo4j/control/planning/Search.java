package io.elbo4j.control.planning;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.SumOver;
import io.elbo4j.train.layer.Where;

/**
 * How plans are drawn around a mean, and what becomes of the mean when their returns are known. A plan is a row: the
 * actions of the first step, then of the second, each number in [-1, 1]. Every row of the batch has a mean, a deviation
 * and a population of its own, which are its samples; nothing of it leaves the backend's memory.
 */
public interface Search {
    /** The rows of a population. */
    Rows PLANS = Rows.of(Axis.BATCH, Axis.SAMPLE);

    /** Plans that are drawn at a time for each row of the batch. */
    int population();

    /** How often they are drawn for a decision. */
    int iterations();

    /** What the deviation is when a decision begins. */
    double deviation();

    /**
     * Draws a population.
     *
     * @param mean of each row of the batch, a plan
     * @param deviation of each of its numbers
     * @return plans, with rows of {@link #PLANS}
     */
    Value plans(Value mean, Value deviation);

    /**
     * What is drawn around next.
     *
     * @param returns one column, of each plan: what is NaN is worse than all numbers
     */
    Next next(Value mean, Value deviation, Value plans, Value returns);

    /** The mean and the deviation after an iteration. */
    record Next(Value mean, Value deviation) {}

    /** For searches: x in [-1, 1], what lies outside at the bounds. */
    static Value clip(Value x) {
        Value fromBelow = Activate.of(Scale.of(x, 1, 1), io.elbo4j.Activation.RELU);
        return Scale.of(Activate.of(Scale.of(fromBelow, -1, 2), io.elbo4j.Activation.RELU), -1, 1);
    }

    /** For searches: a column x, -inf where it is NaN, so that a weight made of it is 0. */
    static Value numberOrWorst(Value x) {
        Graph graph = x.graph();
        Value most = ConstantRow.of(graph, graph.freeName("most"), 1, Float.POSITIVE_INFINITY);
        // a NaN is above all numbers there
        Value isNumber = Slice.of(graph.freeName("is a number"), OneHot.of(Concatenate.of(graph.freeName(
                "most and " + x.name()), most, x)), 0, 1);
        Value otherwise = Scale.of(Scale.of(isNumber, Float.MAX_VALUE, -Float.MAX_VALUE), 2, 0);
        return Add.of(Where.of(isNumber, x), otherwise);
    }

    /**
     * For searches: the sum over the population of a weight times a row.
     *
     * @param weights one column
     */
    static Value sum(Value weights, Value rows) {
        return SumOver.of(Multiply.of(Spread.of(weights, rows.columns()), rows), Axis.SAMPLE);
    }
}
