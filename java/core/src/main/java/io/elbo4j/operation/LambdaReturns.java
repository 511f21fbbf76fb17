package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Lambda-returns of sequences of T steps (Sutton and Barto 2018, Reinforcement Learning, equation 12.20; Hafner et al.
 * 2020, Dream to Control, equation 6), in one pass:
 *
 * <pre>
 *   G_t = r_t + d_t m_t,  m_t = (1 - lambda) v_t + lambda G_t+1,  m_T-1 = v_T-1
 * </pre>
 *
 * <p>All matrices are float32, N x T: a row is a sequence, column t a step. r_t is the step's reward, v_t the value of
 * the state after it, so that the last one stands for all that would follow, and d_t the discount, times the
 * probability that the sequence goes on.
 *
 * <p>With lambda = 0, G_t = fma(d_t, v_t, r_t), the target of temporal differences; with lambda = 1, G_t = fma(d_t,
 * G_t+1, r_t), the discounted sum of rewards and of the last value, the target of Monte Carlo. Both hold by bits, and
 * what the other one alone would read does not show, were it NaN. Elsewhere m_t = fma(lambda, G_t+1, (1 - lambda)
 * v_t). NaN and infinities spread as IEEE 754 says; a discount of 0 is a factor like any other.
 *
 * <p>Errors, with e = 2^-24, to first order and where nothing overflows or underflows: let S_t be what G_t is of the
 * magnitudes of all operands, and H_t what dReward_t is of them. Of G_t E_t = 4 e S_t + |d_t| lambda E_t+1. Of
 * dReward_t F_t = 2 e H_t + |d_t-1| lambda F_t-1; of dDiscount_t what F_t and that of m_t, 3 e (its terms) + lambda
 * E_t+1, make of it, and e of itself; of dValue_t what F_t makes of it, and 3 e of itself. Errors of arguments are
 * reported as by {@link GaussianSampleKl}.
 */
public final class LambdaReturns {
    private static final double NANOS_PER_ELEMENT = 2;
    private static final double NANOS_PER_GRADIENT = 3;

    private LambdaReturns() {}

    /** The returns. */
    public static Launch forward(Matrix rewards, Matrix discounts, Matrix values, float lambda, Matrix returns) {
        Arguments a = new Arguments("LambdaReturns.forward").input("rewards", rewards);
        long rows = rewards.rows();
        long columns = rewards.columns();
        a.input("discounts", discounts, rows, columns).input("values", values, rows, columns);
        requireShare(a, lambda).output("returns", returns, rows, columns);
        return a.launch(new Forward(rewards, discounts, values, lambda, returns)).reads(rewards, discounts, values)
                .writes(returns).nanosPerItem(NANOS_PER_ELEMENT * columns);
    }

    /**
     * The gradients of a loss, from that of the returns:
     *
     * <pre>
     *   dReward_t   = dReturn_t + lambda d_t-1 dReward_t-1
     *   dDiscount_t = dReward_t m_t
     *   dValue_t    = (1 - lambda) d_t dReward_t,  of the last step d_t dReward_t
     * </pre>
     *
     * <p>With lambda = 1 all of dValues but the last is +0.
     *
     * @param returns those that {@link #forward} gave
     * @param dRewards null where none is wanted
     * @param dDiscounts null where none is wanted
     * @param dValues null where none is wanted
     */
    public static Launch backward(Matrix discounts, Matrix values, float lambda, Matrix returns, Matrix dReturns,
            @Nullable Matrix dRewards, @Nullable Matrix dDiscounts, @Nullable Matrix dValues) {
        Arguments a = new Arguments("LambdaReturns.backward").input("discounts", discounts);
        long rows = discounts.rows();
        long columns = discounts.columns();
        requireShare(a.input("values", values, rows, columns), lambda);
        a.input("returns", returns, rows, columns).input("dReturns", dReturns, rows, columns);
        a.outputOrNull("dRewards", dRewards, rows, columns).outputOrNull("dDiscounts", dDiscounts, rows, columns);
        a.outputOrNull("dValues", dValues, rows, columns);
        return a.launch(new Backward(discounts, values, lambda, returns, dReturns, dRewards, dDiscounts, dValues))
                .reads(discounts, values, returns, dReturns).writes(dRewards, dDiscounts, dValues)
                .nanosPerItem(NANOS_PER_GRADIENT * columns);
    }

    private static Arguments requireShare(Arguments a, float lambda) {
        return a.require(lambda >= 0 && lambda <= 1, "lambda", "be 0 to 1", lambda);
    }

    /** Items are rows. */
    public record Forward(Matrix rewards, Matrix discounts, Matrix values, float lambda, Matrix returns)
            implements
                Operation {
        @Override
        public long items() {
            return returns.rows();
        }
    }

    /** Items are rows. */
    public record Backward(Matrix discounts, Matrix values, float lambda, Matrix returns, Matrix dReturns,
            @Nullable Matrix dRewards, @Nullable Matrix dDiscounts, @Nullable Matrix dValues)
            implements
                Operation {
        @Override
        public long items() {
            return returns.rows();
        }
    }
}
