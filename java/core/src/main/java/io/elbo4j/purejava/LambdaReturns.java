package io.elbo4j.purejava;

import static io.elbo4j.numerics.LambdaReturns.mean;
import static io.elbo4j.numerics.LambdaReturns.nextGradient;
import static io.elbo4j.numerics.LambdaReturns.valueGradient;
import static io.elbo4j.purejava.HeapAddress.index;
import static io.elbo4j.purejava.HeapAddress.values;

import io.elbo4j.Matrix;
import io.elbo4j.operation.LambdaReturns.Backward;
import io.elbo4j.operation.LambdaReturns.Forward;
import org.jspecify.annotations.Nullable;

/**
 * Lambda-returns of each row, a column a step, and their gradients, by the functions of
 * {@link io.elbo4j.numerics.LambdaReturns}:
 *
 * <pre>
 * G[t] = r[t] + d[t] m[t], m[t] = (1 - lambda) v[t] + lambda G[t + 1], m[T - 1] = v[T - 1]; t descending
 * h[t] = dG[t] + lambda d[t - 1] h[t - 1]; dr = h; dd = h m; dv = (1 - lambda) d h, of the last step d h; t ascending
 * </pre>
 *
 * <p>All rows x T. Moves 16 bytes an element; the gradients 16, and 4 for each of those that are wanted. A chain has
 * nothing to vectorise, so elements are read in place.
 */
final class LambdaReturns {
    private LambdaReturns() {}

    static void forward(Forward op, long begin, long end) {
        float[] r = values(op.rewards());
        float[] d = values(op.discounts());
        float[] v = values(op.values());
        float[] returns = values(op.returns());
        float lambda = op.lambda();
        int last = (int) op.rewards().columns() - 1;
        for (long row = begin; row < end; row++) {
            int atR = index(op.rewards(), row, 0);
            int atD = index(op.discounts(), row, 0);
            int atV = index(op.values(), row, 0);
            int to = index(op.returns(), row, 0);
            float next = 0;
            for (int t = last; t >= 0; t--) {
                float value = v[atV + t];
                next = Math.fma(d[atD + t], t == last ? value : mean(lambda, value, next), r[atR + t]);
                returns[to + t] = next;
            }
        }
    }

    static void backward(Backward op, long begin, long end) {
        float[] d = values(op.discounts());
        float[] v = values(op.values());
        float[] returns = values(op.returns());
        float[] dReturns = values(op.dReturns());
        float lambda = op.lambda();
        int last = (int) op.values().columns() - 1;
        for (long row = begin; row < end; row++) {
            int atD = index(op.discounts(), row, 0);
            int atV = index(op.values(), row, 0);
            int next = index(op.returns(), row, 1);
            int own = index(op.dReturns(), row, 0);
            float dMean = 0;
            for (int t = 0; t <= last; t++) {
                float whole = t == 0 ? dReturns[own] : nextGradient(lambda, dMean, dReturns[own + t]);
                float value = v[atV + t];
                dMean = d[atD + t] * whole;
                set(op.dRewards(), row, t, whole);
                set(op.dDiscounts(), row, t, whole * (t == last ? value : mean(lambda, value, returns[next + t])));
                set(op.dValues(), row, t, t == last ? dMean : valueGradient(lambda, dMean));
            }
        }
    }

    private static void set(@Nullable Matrix target, long row, int column, float value) {
        if (target != null) {
            values(target)[index(target, row, column)] = value;
        }
    }
}
