package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lambda-return of each step of sequences, from rewards, discounts and the values of the states after the steps:
 * see {@link io.elbo4j.operation.LambdaReturns}, one launch each way. All three get a gradient; what is to have none
 * is given through {@link StopGradient}.
 *
 * <p>{@link #of} has a step in each column. Steps that are unrolled, each a value of one column as the critic gives it,
 * become such by {@link Concatenate}; {@link Slice} takes them apart again. {@link #overTime} has them on the axis
 * TIME, of any length, as windows of an episode replay and the states of a {@link Gru} do. A constant discount is a
 * {@link ConstantRow}, of as many columns.
 */
public final class LambdaReturns extends Value {
    private final Value rewards;
    private final Value discounts;
    private final Value values;
    private final float lambda;
    private final boolean overTime;

    private LambdaReturns(String name, Value rewards, Value discounts, Value values, float lambda, boolean overTime) {
        super(name, rewards.columns(), rewards.rows(), List.of(rewards, discounts, values), List.of());
        this.rewards = rewards;
        this.discounts = discounts;
        this.values = values;
        this.lambda = lambda;
        this.overTime = overTime;
    }

    /**
     * Of steps that are columns.
     *
     * @param discounts with as many columns as the rewards, and so the values
     * @param lambda 0 for rewards and the next value, 1 for all rewards and the last value, or between
     */
    public static Value of(String name, Value rewards, Value discounts, Value values, float lambda) {
        return of(name, rewards, discounts, values, lambda, false);
    }

    /**
     * Of steps on the axis TIME.
     *
     * @param rewards of one column, as the discounts and the values. The innermost axis of all that any of them has is
     *     TIME
     * @param lambda as in {@link #of}
     */
    public static Value overTime(String name, Value rewards, Value discounts, Value values, float lambda) {
        return of(name, rewards, discounts, values, lambda, true);
    }

    private static Value of(String name, Value rewards, Value discounts, Value values, float lambda,
            boolean overTime) {
        requireGiven("name", name);
        long columns = overTime ? 1 : requireGiven("rewards", rewards).columns();
        requireColumns("rewards", rewards, columns);
        requireColumns("discounts", discounts, columns);
        requireColumns("values", values, columns);
        require(lambda >= 0 && lambda <= 1, "lambda", "0 to 1", lambda);
        Rows rows = union(List.of(rewards, discounts, values));
        List<Axis> axes = rows.axes();
        require(!overTime || !axes.isEmpty() && axes.get(axes.size() - 1) == Axis.TIME, "rewards",
                "with TIME as the innermost axis, together with discounts and values", rows);
        return rewards.graph().add(new LambdaReturns(name, repeat(rewards, rows), repeat(discounts, rows), repeat(
                values, rows), lambda, overTime));
    }

    private static void requireColumns(String argument, Value given, long columns) {
        requireGiven(argument, given);
        require(given.columns() == columns, argument, "a value of " + columns + (columns == 1 ? " column" : " columns"),
                given.columns());
    }

    private static Value repeat(Value x, Rows rows) {
        return x.graph().repeat(x, rows);
    }

    private Matrix steps(Plan plan, Matrix of) {
        return overTime ? SoftmaxOver.beside(plan, Axis.TIME, of) : of;
    }

    /** Whether steps lie apart, so that they are no row. */
    private boolean needsCopy(Matrix of) {
        return overTime && of.rows() > 1 && of.rowStride() != 1;
    }

    private Matrix copy(Plan plan, Value x, String role) {
        return plan.buffer(this, role, plan.rows(x), 1);
    }

    private Matrix read(Plan plan, Value x, String role) {
        Matrix value = plan.value(x);
        return steps(plan, needsCopy(value) ? copy(plan, x, role) : value);
    }

    private void copyApart(Plan plan, Value x, String role) {
        if (needsCopy(plan.value(x))) {
            plan.launch(io.elbo4j.operation.Rows.copy(plan.value(x), copy(plan, x, role)));
        }
    }

    private @Nullable Matrix write(Plan plan, Value x, String role, List<Launch> after) {
        if (!plan.wants(x)) {
            return null;
        }
        Matrix gradient = plan.gradientOf(x);
        if (!needsCopy(gradient)) {
            return steps(plan, gradient);
        }
        Matrix own = copy(plan, x, role);
        after.add(io.elbo4j.operation.Rows.copy(own, gradient));
        return steps(plan, own);
    }

    @Override
    protected void forward(Plan plan) {
        copyApart(plan, rewards, "rewards");
        copyApart(plan, discounts, "discounts");
        copyApart(plan, values, "values");
        plan.launch(io.elbo4j.operation.LambdaReturns.forward(read(plan, rewards, "rewards"), read(plan, discounts,
                "discounts"), read(plan, values, "values"), lambda, steps(plan, plan.value(this))));
    }

    @Override
    protected void backward(Plan plan) {
        Matrix own = steps(plan, plan.gradient(this));
        List<Launch> launches = new ArrayList<>();
        Matrix dRewards = write(plan, rewards, "gradient of rewards", launches);
        Matrix dDiscounts = write(plan, discounts, "gradient of discounts", launches);
        Matrix dValues = write(plan, values, "gradient of values", launches);
        launches.add(0, io.elbo4j.operation.LambdaReturns.backward(read(plan, discounts, "discounts"), read(plan,
                values, "values"), lambda, steps(plan, plan.value(this)), own, dRewards, dDiscounts, dValues));
        plan.launch(launches.toArray(Launch[]::new));
    }
}
