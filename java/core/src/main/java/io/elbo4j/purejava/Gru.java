package io.elbo4j.purejava;

import static io.elbo4j.purejava.HeapAddress.get;
import static io.elbo4j.purejava.HeapAddress.load;
import static io.elbo4j.purejava.HeapAddress.store;
import static io.elbo4j.purejava.Scratch.TILE;
import static io.elbo4j.purejava.Scratch.width;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Gru.Backward;
import io.elbo4j.operation.Gru.Forward;
import io.elbo4j.operation.Gru.Reset;
import io.elbo4j.operation.Gru.StateGradient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A step of a gated recurrent unit between its products, forward and backward:
 *
 * <pre>
 * r = sigmoid(a_r + b_r),  z = sigmoid(a_z + b_z),  n = tanh(a_n + r b_n),  h' = n + z (h - n)
 * without a: sigmoid(+0 + b_r), sigmoid(1 - b_z), tanh(+0 + r b_n)
 * dh' = (dNext + ((p_r + p_z) + p_n)) + passed,  passes = dh' z
 * dn = dh' (1 - z) (1 - n n),  dr = dn b_n r (1 - r),  dz = dh' (h - n) z (1 - z), without a -dz,  db_n = dn r
 * </pre>
 *
 * <p>Rows x H, or multiples. Moves 48 bytes an element of h forward, 60 backward.
 */
final class Gru {
    private Gru() {}

    static void forward(Forward op, long begin, long end) {
        Scratch s = Scratch.get();
        float[] an = s.tile(0);
        float[] ar = s.tile(1);
        float[] az = s.tile(2);
        float[] br = s.tile(3);
        float[] bz = s.tile(4);
        float[] bn = s.tile(5);
        float[] h = s.tile(6);
        float[] next = s.tile(7);
        int columns = (int) op.h().columns();
        for (long row = begin; row < end; row++) {
            boolean on = goesOn(op.begins(), row);
            for (int c = 0; c < columns; c += TILE) {
                int size = width(c, columns);
                load(op.b(), row, c, br, size);
                load(op.b(), row, columns + c, bz, size);
                load(op.b(), row, 2 * columns + c, bn, size);
                load(op.h(), row, c, h, size);
                if (op.a() == null) {
                    normalised(an, ar, az, bz, size);
                } else {
                    load(op.a(), row, c, an, size);
                    load(op.a(), row, columns + c, ar, size);
                    load(op.a(), row, 2 * columns + c, az, size);
                }
                step(an, ar, az, br, bz, bn, h, next, size);
                store(an, op.kept(), row, c, size);
                store(ar, op.kept(), row, columns + c, size);
                store(az, op.kept(), row, 2 * columns + c, size);
                store(bn, op.kept(), row, 3 * columns + c, size);
                store(next, op.next(), row, c, size);
                if (op.carried() != null) {
                    if (!on) {
                        Arrays.fill(next, 0, size, 0);
                    }
                    store(next, op.carried(), row, c, size);
                }
            }
        }
    }

    private static void normalised(float[] an, float[] ar, float[] az, float[] bz, int size) {
        Arrays.fill(an, 0, size, 0);
        Arrays.fill(ar, 0, size, 0);
        Arrays.fill(az, 0, size, 1);
        for (int i = 0; i < size; i++) {
            bz[i] = -bz[i];
        }
    }

    /** The gates in place of their arguments. */
    private static void step(float[] an, float[] ar, float[] az, float[] br, float[] bz, float[] bn, float[] h,
            float[] next, int size) {
        for (int i = 0; i < size; i++) {
            ar[i] = io.elbo4j.numerics.Gru.gate(ar[i], br[i]);
        }
        for (int i = 0; i < size; i++) {
            az[i] = io.elbo4j.numerics.Gru.gate(az[i], bz[i]);
        }
        for (int i = 0; i < size; i++) {
            an[i] = io.elbo4j.numerics.Gru.candidate(ar[i], bn[i], an[i]);
        }
        for (int i = 0; i < size; i++) {
            next[i] = io.elbo4j.numerics.Gru.state(az[i], h[i], an[i]);
        }
    }

    static void backward(Backward op, long begin, long end) {
        Scratch s = Scratch.get();
        float[] n = s.tile(0);
        float[] r = s.tile(1);
        float[] z = s.tile(2);
        float[] bn = s.tile(3);
        float[] h = s.tile(4);
        float[] dh = s.tile(5);
        float[] carry = s.tile(6);
        float sign = op.normalised() ? -1 : 1;
        int columns = (int) op.h().columns();
        for (long row = begin; row < end; row++) {
            boolean carries = op.products() != null && goesOn(op.begins(), row);
            for (int c = 0; c < columns; c += TILE) {
                int size = width(c, columns);
                load(op.dNext(), row, c, dh, size);
                if (carries) {
                    carry(op.products(), row, c, columns, carry, n, size);
                    load(op.passed(), row, c, n, size);
                    for (int i = 0; i < size; i++) {
                        dh[i] = dh[i] + carry[i] + n[i];
                    }
                }
                load(op.kept(), row, c, n, size);
                load(op.kept(), row, columns + c, r, size);
                load(op.kept(), row, 2 * columns + c, z, size);
                load(op.kept(), row, 3 * columns + c, bn, size);
                load(op.h(), row, c, h, size);
                for (int i = 0; i < size; i++) {
                    carry[i] = dh[i] * z[i];
                }
                store(carry, op.passes(), row, c, size);
                gradients(n, r, z, bn, h, dh, sign, size);
                store(dh, op.dGates(), row, c, size);
                store(bn, op.dGates(), row, columns + c, size);
                store(z, op.dGates(), row, 2 * columns + c, size);
                store(r, op.dGates(), row, 3 * columns + c, size);
            }
        }
    }

    /** dh becomes dn, bn dr, z dz and r the gradient of bn. */
    private static void gradients(float[] n, float[] r, float[] z, float[] bn, float[] h, float[] dh, float sign,
            int size) {
        for (int i = 0; i < size; i++) {
            float dz = io.elbo4j.numerics.Gru.updateGradient(dh[i], h[i], n[i], z[i]);
            dh[i] = io.elbo4j.numerics.Gru.candidateGradient(dh[i], z[i], n[i]);
            z[i] = sign * dz;
        }
        for (int i = 0; i < size; i++) {
            bn[i] = io.elbo4j.numerics.Gru.resetGradient(dh[i], bn[i], r[i]);
            r[i] = dh[i] * r[i];
        }
    }

    static void reset(Reset op, long begin, long end) {
        float[] h = Scratch.get().tile(0);
        int columns = (int) op.h().columns();
        for (long row = begin; row < end; row++) {
            boolean on = goesOn(op.begins(), row);
            for (int c = 0; c < columns; c += TILE) {
                int size = width(c, columns);
                load(op.h(), row, c, h, size);
                if (!on) {
                    Arrays.fill(h, 0, size, 0);
                }
                store(h, op.carried(), row, c, size);
            }
        }
    }

    static void stateGradient(StateGradient op, long begin, long end) {
        Scratch s = Scratch.get();
        float[] carry = s.tile(0);
        float[] other = s.tile(1);
        int columns = (int) op.dH().columns();
        for (long row = begin; row < end; row++) {
            boolean on = goesOn(op.begins(), row);
            for (int c = 0; c < columns; c += TILE) {
                int size = width(c, columns);
                carry(op.products(), row, c, columns, carry, other, size);
                load(op.passed(), row, c, other, size);
                for (int i = 0; i < size; i++) {
                    carry[i] += other[i];
                }
                if (!on) {
                    Arrays.fill(carry, 0, size, 0);
                }
                store(carry, op.dH(), row, c, size);
            }
        }
    }

    private static void carry(Matrix products, long row, int c, int columns, float[] sum, float[] other, int size) {
        load(products, row, c, sum, size);
        load(products, row, columns + c, other, size);
        for (int i = 0; i < size; i++) {
            sum[i] += other[i];
        }
        load(products, row, 2 * columns + c, other, size);
        for (int i = 0; i < size; i++) {
            sum[i] += other[i];
        }
    }

    private static boolean goesOn(@Nullable Matrix begins, long row) {
        return begins == null || get(begins, row) == 0;
    }
}
