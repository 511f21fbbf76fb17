package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.SgdStep;
import org.jspecify.annotations.Nullable;

/** Gradient descent with momentum (Polyak 1964). */
public final class Sgd {
    private static final double NANOS_PER_ELEMENT = 0.3;

    private Sgd() {}

    /**
     * One step, in place, on float32 matrices of one shape, none overlapping:
     *
     * <pre>
     *   g = gradient gradientScale + weightDecay parameter              (gradientScale 1 x 1, or null for 1)
     *   velocity  = momentum velocity + g                               (null: g, no momentum)
     *   parameter = parameter - learningRate velocity
     * </pre>
     *
     * each line one fused multiply-add. {@code step} is read when the launch runs. NaN and infinities in the gradient
     * reach the parameter. Errors are reported as by {@link GaussianSampleKl}.
     */
    public static Launch update(Matrix parameter, Matrix gradient, @Nullable Matrix velocity, SgdStep step,
            @Nullable Matrix gradientScale) {
        Arguments.given("Sgd.update", "step", step);
        long rows = Arguments.given("Sgd.update", "parameter", parameter).rows();
        long columns = parameter.columns();
        Arguments a = new Arguments("Sgd.update").output("parameter", parameter, rows, columns);
        a.input("gradient", gradient, rows, columns).outputOrNull("velocity", velocity, rows, columns);
        a.require(velocity != null || step.momentum() == 0, "velocity", "be given where there is momentum", "null");
        a.inputOrNull("gradientScale", gradientScale, 1, 1);
        // A bias is one row: its columns become the items, as in Adam.
        Matrix p = Arguments.itemised(parameter);
        Matrix g = Arguments.itemised(gradient);
        Matrix v = velocity == null ? null : Arguments.itemised(velocity);
        return a.launch(new Update(p, g, v, step, gradientScale)).reads(g).readsAll(gradientScale).writes(p, v)
                .nanosPerItem(NANOS_PER_ELEMENT * p.columns());
    }

    /** Items are rows. */
    public record Update(Matrix parameter, Matrix gradient, @Nullable Matrix velocity, SgdStep step,
            @Nullable Matrix gradientScale) implements Operation {
        @Override
        public long items() {
            return parameter.rows();
        }
    }
}
