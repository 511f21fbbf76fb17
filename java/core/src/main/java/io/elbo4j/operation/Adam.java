package io.elbo4j.operation;

import io.elbo4j.AdamStep;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/** The optimisers Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019, algorithm 2). */
public final class Adam {
    private static final double NANOS_PER_ELEMENT = 0.5;

    private Adam() {}

    /**
     * One step, in place, on float32 matrices of one shape, none overlapping:
     *
     * <pre>
     *   g = gradient gradientScale                                      (gradientScale 1 x 1, or null for 1)
     *   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2     (+0 where |m| &lt; 2^-100, v &lt; 2^-124)
     *   parameter = decay parameter - stepSize m / (sqrt(v) inverseRootCorrection + epsilon)
     * </pre>
     *
     * with the bias corrections and the decay, 1 for plain Adam, in {@code step}, which is read when the launch runs.
     * Moments that decay into denormals become 0, as they would slow a step threefold; only an epsilon below 1e-18
     * would feel it. NaN and infinities in the gradient reach the parameter. Errors are reported as by
     * {@link GaussianSampleKl}.
     */
    public static Launch update(Matrix parameter, Matrix gradient, Matrix firstMoment, Matrix secondMoment,
            AdamStep step, @Nullable Matrix gradientScale) {
        Arguments.given("Adam.update", "step", step);
        long rows = Arguments.given("Adam.update", "parameter", parameter).rows();
        long columns = parameter.columns();
        Arguments a = new Arguments("Adam.update").output("parameter", parameter, rows, columns);
        a.input("gradient", gradient, rows, columns).output("firstMoment", firstMoment, rows, columns);
        a.output("secondMoment", secondMoment, rows, columns).inputOrNull("gradientScale", gradientScale, 1, 1);
        // A bias is one row: its columns become the items, to split them, and to follow the sums that are its gradient.
        Matrix p = Arguments.itemised(parameter);
        Matrix g = Arguments.itemised(gradient);
        Matrix m = Arguments.itemised(firstMoment);
        Matrix v = Arguments.itemised(secondMoment);
        return a.launch(new Update(p, g, m, v, step, gradientScale)).reads(g).readsAll(gradientScale).writes(p, m, v)
                .nanosPerItem(NANOS_PER_ELEMENT * p.columns());
    }

    /** Items are rows. Known by name so that a device can fuse it with what comes before. */
    public record Update(Matrix parameter, Matrix gradient, Matrix firstMoment, Matrix secondMoment, AdamStep step,
            @Nullable Matrix gradientScale) implements Operation {
        @Override
        public long items() {
            return parameter.rows();
        }
    }
}
