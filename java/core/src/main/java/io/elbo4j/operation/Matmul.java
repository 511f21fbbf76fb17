package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The products of a dense layer, forward and backward, in float32. Every element is one chain of fused multiply-adds in
 * ascending order of the summation index, from +0; where that index is the batch ({@link #weightGradient}) the batch is
 * cut into 1 to 8 chunks, by its size alone, whose chains are added as a tree. NaN and infinities spread as IEEE 754
 * says. The result must not overlap an operand. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class Matmul {
    private static final double NANOS_PER_PRODUCT = 0.02;
    /** Micro-tiles of the native kernels have up to 14 rows. */
    private static final long TILE_ROWS = 14;
    /** So many floats of a gradient, and the parameter and moments beside it, stay in the cache for Adam. */
    private static final long FLOATS_IN_CACHE = 40_000;
    /** From so long a batch on, what is packed of it has to serve many rows of a gradient. */
    private static final long DEEP = 1024;

    private Matmul() {}

    /**
     * c = a b + bias, and if {@code relu} then c = max(c, 0): a is B x k, b is k x n, bias is 1 x n or null, c is B x
     * n. The ReLU keeps NaN.
     */
    public static Launch forward(Matrix a, Matrix b, @Nullable Matrix bias, boolean relu, Matrix c) {
        Arguments arguments = new Arguments("Matmul.forward").input("a", a).input("b", b);
        arguments.shape("b", b, a.columns(), b.columns()).inputOrNull("bias", bias, 1, b.columns());
        arguments.output("c", c, a.rows(), b.columns());
        return arguments.launch(new Forward(a, b, bias, relu, c)).reads(a).readsAll(b, bias).writes(c)
                .nanosPerItem(NANOS_PER_PRODUCT * b.rows() * b.columns());
    }

    /**
     * dA = dC b^T: dC is B x n, b is k x n, dA is B x k. Where {@code reluOutput} (B x k, or null), the output of the
     * ReLU that made a, is at most 0, dA is +0: the ReLU's gradient in the same pass.
     */
    public static Launch inputGradient(Matrix dC, Matrix b, @Nullable Matrix reluOutput, Matrix dA) {
        Arguments arguments = new Arguments("Matmul.inputGradient").input("dC", dC).input("b", b);
        arguments.shape("b", b, b.rows(), dC.columns()).inputOrNull("reluOutput", reluOutput, dC.rows(), b.rows());
        arguments.output("dA", dA, dC.rows(), b.rows());
        return arguments.launch(new InputGradient(dC, b, reluOutput, dA)).reads(dC, reluOutput).readsAll(b).writes(dA)
                .nanosPerItem(NANOS_PER_PRODUCT * b.rows() * b.columns());
    }

    /** dB = a^T dC, summed over the batch: a is B x k, dC is B x n, dB is k x n. 0 for B = 0. */
    public static Launch weightGradient(Matrix a, Matrix dC, Matrix dB) {
        Arguments arguments = new Arguments("Matmul.weightGradient").input("a", a).input("dC", dC);
        arguments.shape("dC", dC, a.rows(), dC.columns()).output("dB", dB, a.columns(), dC.columns());
        long rowsInCache = FLOATS_IN_CACHE / Math.max(1, dB.columns());
        return arguments.launch(new WeightGradient(a, dC, dB, BatchSum.chunksOf(a.rows()))).readsAll(a, dC).writes(dB)
                .nanosPerItem(NANOS_PER_PRODUCT * dC.rows() * dC.columns())
                .blockItems(a.rows() < DEEP ? Math.max(TILE_ROWS, rowsInCache / TILE_ROWS * TILE_ROWS)
                        : Long.MAX_VALUE);
    }

    /** Items are rows of c. */
    public record Forward(Matrix a, Matrix b, @Nullable Matrix bias, boolean relu, Matrix c)
            implements
                Operation {
        @Override
        public long items() {
            return c.rows();
        }
    }

    /** Items are rows of dA. */
    public record InputGradient(Matrix dC, Matrix b, @Nullable Matrix reluOutput, Matrix dA)
            implements
                Operation {
        @Override
        public long items() {
            return dA.rows();
        }
    }

    /** Items are rows of dB. Known by name so that a device can fuse it with what follows. */
    public record WeightGradient(Matrix a, Matrix dC, Matrix dB, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return a;
        }

        @Override
        public List<Matrix> results() {
            return List.of(dB);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new WeightGradient(a, dC, dB, chunks);
        }

        @Override
        public long items() {
            return dB.rows();
        }
    }
}
