package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A distribution over rows of {@link #columns} numbers whose parameters are values of a graph: of data, or a prior.
 * Anybody may write one. Dimensions are independent, or whatever the class says; rows are.
 */
public interface Distribution {
    /** Dimensions of what it is a distribution of. */
    long columns();

    /** What messages for people call it: the class, or what a command line calls it otherwise. */
    default String inWords() {
        return getClass().getSimpleName();
    }

    /** Where it has a density: of a likelihood, what data may be. */
    default Support support() {
        return Support.REAL;
    }

    /** What it draws, or would. */
    default Draws draws() {
        return Draws.REAL;
    }

    /** All values that it is computed from. */
    List<Value> parameters();

    /** What it is a distribution for each of: the axes of its parameters, without those that it sums out. */
    default Rows rows() {
        return Value.union(parameters());
    }

    /** The same distribution of other values. */
    Distribution with(UnaryOperator<Value> each);

    /**
     * The same distribution, of which x alone has a gradient.
     *
     * @param stop gives a value without its gradient, for every parameter
     */
    default Distribution stopped(UnaryOperator<Value> stop) {
        return with(stop);
    }

    /**
     * The same distribution as an observation needs it: {@code repeat} gives a parameter the rows of the observation.
     * What {@link #logDensity} takes as one row for all may stay as it is.
     */
    default Distribution observed(UnaryOperator<Value> repeat) {
        return with(repeat);
    }

    /**
     * The same distribution as {@link #logDensity} of x needs it, called once its parameters are those of
     * {@link #observed}: where x has a gradient and the distribution needs further values of x, it adds them to the
     * graph here.
     */
    default Distribution at(Value x) {
        return this;
    }

    /**
     * Whether {@link #logDensity} also writes the gradient with respect to x, where x depends on parameters; if not,
     * the graph refuses to observe such a value. x then has a row for each of the result.
     */
    default boolean differentiatesX() {
        return false;
    }

    /**
     * Adds the launches for the log-density of x, summed over dimensions, with all constants, in nats, one number per
     * row; and, if there is a weight, for the gradients with respect to what {@link Plan#wants} one.
     *
     * @param x a row for each of the result, or for as many side by side
     * @param weight d loss / d result, rows x 1
     */
    void logDensity(Plan plan, Value x, Matrix result, Optional<Matrix> weight);

    /** Whether {@link #sample} can. */
    default boolean isDrawable() {
        return true;
    }

    /** Adds the launches that draw a row for each row of {@code target}, of which each row of parameters has equally
     * many, side by side. */
    void sample(Plan plan, Node owner, Noise noise, Matrix target);

    /** The mean, one row for each of the parameters' rows; makes a value of the graph where there is none. */
    Value mean();
}
