package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A step being compiled: all that a node, an objective or a distribution may ask. It hands out buffers, collects
 * launches, and keeps the books of the gradients. What it gives is valid for the step that is being compiled.
 *
 * <p>A run in which nothing of an objective is {@linkplain Training#withEvery due} leaves its backward pass out: what
 * is launched there must write nothing that a forward pass or another backward pass reads.
 */
public interface Plan {
    Backend backend();

    /** The node whose launches are being added. */
    Node node();

    /**
     * Whether the step trains anything: what is there for training alone, as dropout, leaves its input as it is in a
     * step that does not.
     */
    boolean training();

    /** Whether a training of the step changes this parameter: one that names it, or one that names none. */
    boolean trains(Parameter parameter);

    /** How many rows a value has here. */
    long rows(Value value);

    /** How many rows there are for each of these axes. */
    long rows(Rows rows);

    /**
     * As {@link #rows(Rows)}, of the whole batch, where a step has a worker's part of one: for what divides a sum over
     * the batch.
     */
    long wholeRows(Rows rows);

    /**
     * The rows of all workers, in their order: for what sums over the batch in another way than
     * {@link io.elbo4j.operation.BatchSum}, which is added up without this. What was written to {@code own} by the
     * launches before is there for those after.
     *
     * @param owner as of {@link #buffer}
     * @param own rows of this worker's part of the batch
     * @param rows what they stand for; those that stand for no part of the batch are given back
     */
    Matrix whole(Object owner, String role, Matrix own, Rows rows);

    /** The matrix of a value, rows(value) x its columns. */
    Matrix value(Value value);

    Matrix parameter(Parameter parameter);

    /**
     * A float32 buffer; the same one for the same owner and role. In each run it holds nothing until it is written:
     * others may have its memory before and after. What is read before it is written is kept from run to run, zero at
     * first.
     *
     * @param owner a node, or what else is the same in both compilations of a step and for nobody else, as a record of
     *     a distribution and of the {@link #node} that uses it
     * @param role what it is, in words that go before "of" and a node's name; empty for a node's value
     */
    Matrix buffer(Object owner, String role, long rows, long columns);

    /** As {@link #buffer}, but another one at each call: for what a launch reads that is run later. */
    Matrix newBuffer(Object owner, String role, long rows, long columns);

    /** As {@link #newBuffer}, with memory that no other buffer has: a device may put off what reads it. */
    Matrix ownBuffer(Object owner, String role, long rows, long columns);

    /** The same, filled once, which nothing may write to. */
    Matrix constant(Object owner, String role, long rows, long columns, float value);

    /** The same of several numbers, row after row. */
    Matrix constant(Object owner, String role, long rows, float[] values);

    /**
     * The noise of a node that draws a row of random numbers for each of {@code rows}. It is a function of the node's
     * name, the step's seed, the number of the run, and the row's place in the whole batch.
     */
    default Noise noise(Node owner, Rows rows) {
        return noise(owner, "", rows);
    }

    /**
     * The same, for a node that draws several things.
     *
     * @param role what this one is, as in {@link #buffer}
     */
    Noise noise(Node owner, String role, Rows rows);

    /** Adds launches; those that write what {@link #gradientOf} gave since the last call are added together. */
    void launch(Launch... together);

    /** Fills an input from the step's data, if it has any. */
    void read(Input input);

    /**
     * The numbers of the batch's rows in the data.
     *
     * @throws IllegalArgumentException naming the node, if the step reads no data
     */
    Indices order(Node node);

    // terms of the objective

    /** Where the owner of a term writes it, rows x 1, if this step takes the term. */
    Optional<Matrix> term(Term term);

    /**
     * d loss / d term, one for each of its numbers. In the forward pass it is empty in a step that does not train, and
     * where it is not known before all terms are; then the node computes its gradients in the backward pass.
     */
    Optional<Matrix> weight(Term term);

    /** In the backward pass: whether {@link #weight} was there in the forward pass, so that the gradients are. */
    boolean weighedBefore(Term term);

    /** See {@link Objective#columnWeight}; empty in a step that does not train. */
    Optional<Matrix> columnWeight(Term term);

    /** See {@link Objective#priorShare}: of the step's objective, in the backward pass. */
    OptionalDouble priorShare();

    /** For objectives: d loss / d term is this, rows x 1, from now on. */
    void weigh(Term term, Matrix weight);

    /** For objectives that combine terms: whether the step trains this one, so that it has to {@link #weigh}. */
    boolean trains();

    /**
     * For objectives, in training: from now on log q of a {@link Term.Role#LOG_RATIO} is a function of z alone, its
     * parameters get a gradient only through z.
     *
     * @param pathWeight what the whole gradient that goes back through each sample of a latent variable is multiplied
     *     by, batch * samples x 1; empty for ones. The prior's own parameters do not feel it
     */
    void stopPosteriors(Optional<Matrix> pathWeight);

    /** For latent variables, in the backward pass: whether {@link #stopPosteriors} was said. */
    boolean posteriorsStopped();

    /** For latent variables, in the backward pass: that of {@link #stopPosteriors}, a number for each row. */
    Optional<Matrix> pathWeight(Value latent);

    /**
     * For objectives: a column that holds in each of these rows its share of the loss, times the schedule: of a mean
     * over the batch and the samples, and of a sum over time and members.
     */
    Matrix meanWeight(Schedule schedule, Rows rows);

    /** For objectives: numbers for each row of the batch, rows(rows) x 1, which the objective comes to. */
    Matrix bound(Rows rows);

    /** Samples of each latent variable for each row of the batch. */
    long samples();

    long batch();

    // gradients, in the backward pass, and in the forward pass of what knows its weight

    /** Whether a gradient with respect to this value leads to something that is trained, or was asked for. */
    boolean wants(Value value);

    /** Whether anything wrote a gradient with respect to this value. */
    boolean hasGradient(Value value);

    /** The complete gradient with respect to a node's own value: what no consumer wrote is zero. */
    Matrix gradient(Value own);

    /** Whether everything that wrote this gradient passed only where a ReLU's output is above 0. */
    boolean gradientIsGated(Value own);

    /**
     * Where the next launch writes its share of the gradient with respect to an input, all of it.
     *
     * @param gated whether the launch passes only where a ReLU's output is above 0, see {@link Value#gated}
     */
    Matrix gradientOf(Value input, boolean gated);

    default Matrix gradientOf(Value input) {
        return gradientOf(input, false);
    }

    /**
     * Adds a launch for a parameter's gradient, if the parameter is trained: after everything that goes row by row.
     *
     * @param writer the launch that writes all of the gradient to the matrix that it is given
     */
    default void parameterGradient(Parameter parameter, Function<Matrix, Launch> writer) {
        parameterGradients(List.of(parameter), targets -> writer.apply(targets.get(0)));
    }

    /**
     * The same for a launch that writes the gradients of several parameters, if any is trained; those of the others go
     * where nobody reads them.
     *
     * @param parameters different ones
     * @param writer the launch that writes all of each gradient to the matrices that it is given, one a parameter
     */
    void parameterGradients(List<Parameter> parameters, Function<List<Matrix>, Launch> writer);

    /**
     * The gradient of some rows of a parameter, if it is trained: the optimiser changes these alone. Once a parameter.
     *
     * @param gradient a row for each of the numbers, which are different ones
     */
    void rowGradient(Parameter parameter, Indices rows, Matrix gradient);
}
