package io.elbo4j.control.world;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.Subtract;

/**
 * Linear dynamics in the neighbourhood of a code (Watter et al. 2015, Embed to control, equation 10 and appendix B.2),
 * of n dimensions, for m numbers of an action:
 *
 * <pre>
 *   z' = A z + B u + o,   A = I + v r',   v = 0.9 w / sqrt(1 + (w . r)^2)
 * </pre>
 *
 * <p>so that det A = 1 + v . r, which the KL needs the logarithm of, lies between 0.1 and 1.9.
 *
 * @param v n columns
 * @param r n columns
 * @param determinant 1 + v . r, one column
 * @param b n x m columns: those of B one after the other
 * @param o n columns
 */
public record Linearisation(Value v, Value r, Value determinant, Value b, Value o) {
    private static final double MOST = 0.9;

    /** How many columns {@link #of} takes. */
    static long columns(int n, int m) {
        return (3L + m) * n;
    }

    /**
     * Of what a network says.
     *
     * @param n dimensions of a code
     * @param parts w, r, o, B beside each other
     */
    static Linearisation of(Value parts, int n) {
        Value w = part("w", parts, 0, n);
        Value r = part("r", parts, n, 2L * n);
        Value o = part("o", parts, 2L * n, 3L * n);
        Value b = part("B", parts, 3L * n, parts.columns());
        Value dot = RowSum.of(Multiply.of(w, r));
        Value square = Scale.of(Activate.of(dot, Activation.SQUARE), 1, 1);
        Value factor = Activate.of(Scale.of(Activate.of(square, Activation.LOG), -0.5f, (float) StrictMath.log(MOST)),
                Activation.EXP);
        return new Linearisation(Multiply.of(w, Spread.of(factor, n)), r, Scale.of(Multiply.of(dot, factor), 1, 1), b,
                o);
    }

    private static Value part(String what, Value of, long begin, long end) {
        return Slice.of(of.graph().freeName(what + " of " + of.name()), of, begin, end);
    }

    /** A z + B u + o. */
    public Value next(Value z, Value u) {
        int n = Math.toIntExact(z.columns());
        require(u.columns() * n == b.columns(), "u", b.columns() / n + " columns", u.columns());
        Value next = Add.of(Add.of(z, o), Multiply.of(v, Spread.of(RowSum.of(Multiply.of(r, z)), n)));
        for (int j = 0; j < u.columns(); j++) {
            Value column = part("column " + j, b, (long) j * n, (j + 1L) * n);
            Value number = part("column " + j, u, j, j + 1L);
            next = Add.of(next, Multiply.of(column, Spread.of(number, n)));
        }
        return next;
    }

    /**
     * KL(N(A m + B u + o, A S A') || q), one column, where N(m, S) is the code before: with s, t the variances of both
     * and d = A m + B u + o - the mean of q,
     *
     * <pre>
     *   1/2 sum over i of ((A S A')_ii + d_i^2) / t_i + log t_i - log s_i - 1   -   log det A
     *   (A S A')_ii = s_i + 2 v_i r_i s_i + v_i^2 sum over j of r_j^2 s_j
     * </pre>
     */
    public Value kl(DiagonalGaussian before, Value u, DiagonalGaussian q) {
        int n = Math.toIntExact(q.columns());
        Value s = Activate.of(before.logVariance(), Activation.EXP);
        Value own = Add.of(s, Scale.of(Multiply.of(Multiply.of(v, r), s), 2, 0));
        Value common = Spread.of(RowSum.of(Multiply.of(Activate.of(r, Activation.SQUARE), s)), n);
        Value variance = Add.of(own, Multiply.of(Activate.of(v, Activation.SQUARE), common));
        Value d = Subtract.of(next(before.mean(), u), q.mean());
        Value precision = Activate.of(Scale.of(q.logVariance(), -1, 0), Activation.EXP);
        Value spread = Multiply.of(Add.of(variance, Activate.of(d, Activation.SQUARE)), precision);
        Value logs = Subtract.of(q.logVariance(), before.logVariance());
        Value half = Scale.of(RowSum.of(Add.of(spread, logs)), 0.5f, -0.5f * n);
        return Subtract.of(half, Activate.of(determinant, Activation.LOG));
    }
}
