package io.elbo4j.train.distribution;

import io.elbo4j.Activation;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.RowSum;
import java.util.List;

/**
 * The mean of k(a_r, b_j) = exp(-|a_r - b_j|^2 / (2 D)) over all rows j of b, for each row r of a, D being their
 * columns. Where both are one value a row is not compared with itself: its mean is over the others, and 0 if there are
 * none.
 */
final class KernelMean extends Value {
    private final Value a;
    private final Value b;

    private KernelMean(String name, Value a, Value b) {
        super(name, 1, a.rows(), List.of(a, b), List.of());
        this.a = a;
        this.b = b;
    }

    /** Values of as many columns. */
    static Value of(Value a, Value b) {
        return a.graph().add(new KernelMean(a.graph().freeName("kernel of " + a.name() + " and " + b.name()), a, b));
    }

    private Matrix kernel(Plan plan) {
        return plan.buffer(this, "kernel of all pairs", plan.rows(a), plan.rows(b));
    }

    private long own() {
        return a == b ? 1 : 0;
    }

    private float share(Plan plan) {
        return 1f / Math.max(1, plan.rows(b) - own());
    }

    private Matrix halfSquares(Plan plan, Value of, String role) {
        Matrix squares = plan.buffer(this, role, plan.rows(of), 1);
        plan.launch(Sums.rowsOfSquares(plan.value(of), squares));
        plan.launch(Arithmetic.scale(0.5f, squares, squares));
        return squares;
    }

    @Override
    protected void forward(Plan plan) {
        Matrix kernel = kernel(plan);
        Matrix ofRow = plan.buffer(this, "half the square of each row", kernel.rows(), kernel.columns());
        Matrix ofB = halfSquares(plan, b, "half the squares of the others");
        plan.launch(Matmul.inputGradient(plan.value(a), plan.value(b), null, kernel));
        plan.launch(RowSum.spread(plan, this, halfSquares(plan, a, "half the squares"), ofRow));
        plan.launch(Arithmetic.subtract(kernel, ofRow, kernel));
        plan.launch(Arithmetic.subtract(kernel, ofB.reshape(1, kernel.columns()).repeatRow(kernel.rows()), kernel));
        plan.launch(Arithmetic.scale(1f / a.columns(), kernel, kernel));
        plan.launch(Elementwise.activation(Activation.EXP, kernel, kernel));
        plan.launch(Sums.rows(kernel, plan.value(this)));
        plan.launch(Arithmetic.scaleAndShift(share(plan), -own() * share(plan), plan.value(this), plan.value(this)));
    }

    /** With W = weight k / D: da = W b - (row sums of W) a, db = W^T a - (column sums of W) b. */
    @Override
    protected void backward(Plan plan) {
        Matrix kernel = kernel(plan);
        Matrix weights = plan.buffer(this, "weights of all pairs", kernel.rows(), kernel.columns());
        plan.launch(RowSum.spread(plan, this, plan.gradient(this), weights));
        plan.launch(Arithmetic.multiply(weights, kernel, weights));
        plan.launch(Arithmetic.scale(share(plan) / a.columns(), weights, weights));
        if (plan.wants(a)) {
            Matrix sums = plan.buffer(this, "sums of the weights", kernel.rows(), 1);
            Matrix product = plan.buffer(this, "weights times the others", kernel.rows(), a.columns());
            plan.launch(Sums.rows(weights, sums));
            plan.launch(Matmul.forward(weights, plan.value(b), null, false, product));
            lessWeighted(plan, product, sums, a);
        }
        if (plan.wants(b)) {
            Matrix sums = plan.buffer(this, "sums of the weights of the others", 1, kernel.columns());
            Matrix product = plan.buffer(this, "weights times the rows", kernel.columns(), a.columns());
            plan.launch(Sums.columns(weights, sums));
            plan.launch(Matmul.weightGradient(weights, plan.value(a), product));
            lessWeighted(plan, product, sums.reshape(kernel.columns(), 1), b);
        }
    }

    private void lessWeighted(Plan plan, Matrix product, Matrix sums, Value x) {
        Matrix weighted = plan.buffer(this, "weighted rows", sums.rows(), x.columns());
        plan.launch(RowSum.spread(plan, List.of(this, "columns"), sums, weighted));
        plan.launch(Arithmetic.multiply(weighted, plan.value(x), weighted));
        plan.launch(Arithmetic.subtract(product, weighted, plan.gradientOf(x)));
    }
}
