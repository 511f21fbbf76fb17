package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A step of a gated recurrent unit, what it does beside its matrix products, forward and backward. In the form of cuDNN
 * and PyTorch (Cho et al. 2014, equations 5 to 8, with the reset gate after the product):
 *
 * <pre>
 *   r = sigmoid(a_r + b_r),  z = sigmoid(a_z + b_z),  n = tanh(a_n + r b_n),  h' = n + z (h - n)
 * </pre>
 *
 * a = x W + bias, one product for all steps, has the columns n, r, z, H of each; b = h U + bias has r, z, n. So the
 * gradients of both lie in one matrix of 4 H columns: of a in the first three, of b in the last three.
 *
 * <p>Without a it is the unit with normalised gates of DreamerV2 (Hafner et al. 2021), where b is the normalised x W +
 * h U:
 *
 * <pre>
 *   r = sigmoid(b_r),  z = sigmoid(1 - b_z),  n = tanh(r b_n),  h' = n + z (h - n)
 * </pre>
 *
 * <p>All matrices are float32, with a row for each of the B sequences: most are parts of wider rows, in which the steps
 * of a sequence lie side by side. {@code begins} is B x 1: where it is not 0 the next step begins a new
 * sequence. It sees a state of +0, and no gradient passes.
 *
 * <p>Errors, with e = 2^-24: of h' e (5 |h - n| + 4 |b_n| + 4 + |h'|). Backward, from what is kept, to first order in
 * e and where nothing overflows: of dh' 4 e S, S the sum of the magnitudes of its terms, of the gradient of the first
 * state 3 e S; of a product of dh' what that makes of it, 8 e of itself, and 2^-148 (1 + |b_n|), as products may
 * underflow. NaN and infinities spread as IEEE 754 says. Errors of arguments are reported as by
 * {@link GaussianSampleKl}.
 */
public final class Gru {
    private static final double NANOS_PER_ELEMENT = 3;

    private Gru() {}

    /**
     * The state h' after a step.
     *
     * @param a B x 3 H: n, r, z; null for normalised gates
     * @param b B x 3 H: r, z, n
     * @param h the state before, B x H
     * @param begins null where none begins, or where carried is null
     * @param kept for {@link #backward}, B x 4 H: n, r, z, b_n. Its first three may be a
     * @param next h', B x H
     * @param carried the state that the next step sees, h' or +0, B x H; or null
     */
    public static Launch forward(@Nullable Matrix a, Matrix b, Matrix h, @Nullable Matrix begins, Matrix kept,
            Matrix next, @Nullable Matrix carried) {
        Arguments of = new Arguments("Gru.forward").input("h", h);
        long rows = h.rows();
        long columns = h.columns();
        of.inputOrNull("a", a, rows, 3 * columns).input("b", b, rows, 3 * columns);
        of.inputOrNull("begins", begins, rows, 1).require(begins == null || carried != null, "carried",
                "be given together with begins", "null");
        of.outputInPlaceOf("a", "kept", kept, rows, 4 * columns).output("next", next, rows, columns);
        of.outputOrNull("carried", carried, rows, columns);
        return of.launch(new Forward(a, b, h, begins, kept, next, carried)).reads(a, b, h, begins)
                .writes(kept, next, carried).nanosPerItem(NANOS_PER_ELEMENT * columns);
    }

    /**
     * The gradients of {@link #forward}, with dh' = ((dNext + ((p_r + p_z) + p_n)) + passed), without products and
     * passed dNext alone.
     *
     * @param kept that of the step
     * @param h the state that the step saw
     * @param dNext the gradient with respect to h' of all that is no later step, B x H
     * @param products the gradients of the next step's b_r, b_z and b_n times U^T, side by side, B x 3 H; null in the
     *     last step
     * @param passed the next step's; null in the last step
     * @param begins where it is not 0, the next step's products and passed are passed over; null where none begins. It
     *     has no effect in the last step
     * @param normalised whether the step had no a
     * @param dGates B x 4 H: of a_n, a_r, a_z; the last three are of b_r, b_z, b_n
     * @param passes dh' z, B x H; may be passed
     */
    public static Launch backward(Matrix kept, Matrix h, Matrix dNext, @Nullable Matrix products,
            @Nullable Matrix passed, @Nullable Matrix begins, boolean normalised, Matrix dGates, Matrix passes) {
        Arguments of = new Arguments("Gru.backward").input("h", h);
        long rows = h.rows();
        long columns = h.columns();
        of.input("kept", kept, rows, 4 * columns).input("dNext", dNext, rows, columns);
        of.bothOrNeither("products", products, "passed", passed);
        of.inputOrNull("products", products, rows, 3 * columns).inputOrNull("passed", passed, rows, columns);
        of.inputOrNull("begins", begins, rows, 1).output("dGates", dGates, rows, 4 * columns);
        of.outputInPlaceOf("passed", "passes", passes, rows, columns);
        return of.launch(new Backward(kept, h, dNext, products, passed, begins, normalised, dGates, passes))
                .reads(kept, h, dNext, products, passed, begins).writes(dGates, passes)
                .nanosPerItem(NANOS_PER_ELEMENT * columns);
    }

    /** carried = h, or +0 where begins is not 0; both are B x H. */
    public static Launch reset(Matrix h, Matrix begins, Matrix carried) {
        Arguments of = new Arguments("Gru.reset").input("h", h).input("begins", begins, h.rows(), 1);
        of.output("carried", carried, h.rows(), h.columns());
        return of.launch(new Reset(h, begins, carried)).reads(h, begins).writes(carried).nanosPerItem(h.columns());
    }

    /**
     * The gradient with respect to the first state: ((p_r + p_z) + p_n) + passed, of the first step, or +0 where
     * begins, which may be null, is not 0.
     */
    public static Launch stateGradient(Matrix products, Matrix passed, @Nullable Matrix begins, Matrix dH) {
        Arguments of = new Arguments("Gru.stateGradient").input("passed", passed);
        of.input("products", products, passed.rows(), 3 * passed.columns());
        of.inputOrNull("begins", begins, passed.rows(), 1).output("dH", dH, passed.rows(), passed.columns());
        return of.launch(new StateGradient(products, passed, begins, dH)).reads(products, passed, begins).writes(dH)
                .nanosPerItem(passed.columns());
    }

    /** Items are rows. */
    public record Forward(@Nullable Matrix a, Matrix b, Matrix h, @Nullable Matrix begins, Matrix kept, Matrix next,
            @Nullable Matrix carried)
            implements
                Operation {
        @Override
        public long items() {
            return h.rows();
        }
    }

    /** Items are rows. */
    public record Backward(Matrix kept, Matrix h, Matrix dNext, @Nullable Matrix products, @Nullable Matrix passed,
            @Nullable Matrix begins, boolean normalised, Matrix dGates, Matrix passes)
            implements
                Operation {
        @Override
        public long items() {
            return h.rows();
        }
    }

    /** Items are rows. */
    public record Reset(Matrix h, Matrix begins, Matrix carried) implements Operation {
        @Override
        public long items() {
            return h.rows();
        }
    }

    /** Items are rows. */
    public record StateGradient(Matrix products, Matrix passed, @Nullable Matrix begins, Matrix dH)
            implements
                Operation {
        @Override
        public long items() {
            return dH.rows();
        }
    }
}
