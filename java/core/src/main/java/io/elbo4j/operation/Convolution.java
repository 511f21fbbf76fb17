package io.elbo4j.operation;

import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions of images, forward and backward, in float32: one operation, in two directions ({@link ConvolutionShape}
 * has the layout of images and weights). A convolution is {@link #gather} forward and {@link #spread} for the gradient
 * of its input; a transposed convolution is the reverse. (Dumoulin and Visin 2016, A guide to convolution arithmetic
 * for deep learning, chapter 4.)
 *
 * <p>A pixel's channel is one chain of fused multiply-adds from +0 over the elements of the other image that it
 * touches, in the order in which they lie in memory: row, column, channel. What lies in the padding is no term,
 * whatever the weights are. Then the bias is added, then comes the ReLU, which keeps NaN, then the gate: where
 * {@code gate}, an image like the result, the output of the ReLU whose gradient the result is, is at most 0, the result
 * is +0.
 *
 * <p>The result must not overlap an operand. B is the number of images, rows of their matrices. Errors are reported as
 * by {@link GaussianSampleKl}.
 */
public final class Convolution {
    private static final double NANOS_PER_PRODUCT = 0.02;
    private static final double NANOS_PER_SUM = 0.1;

    private Convolution() {}

    /**
     * The small images (B x smallImage) from the big ones (B x bigImage).
     *
     * @param bias 1 x smallChannels, or null
     * @param gate B x smallImage, or null
     */
    public static Launch gather(ConvolutionShape shape, Matrix big, Matrix weight, @Nullable Matrix bias, boolean relu,
            @Nullable Matrix gate, Matrix small) {
        Arguments.given("Convolution.gather", "shape", shape);
        Arguments a = arguments("Convolution.gather", shape, "big", big, shape.bigImage(), weight);
        a.inputOrNull("bias", bias, 1, shape.smallChannels());
        a.inputOrNull("gate", gate, big.rows(), shape.smallImage());
        a.output("small", small, big.rows(), shape.smallImage());
        return a.launch(new Gather(shape, big, weight, bias, relu, gate, small)).reads(big, gate)
                .readsAll(weight, bias).writes(small).nanosPerItem(NANOS_PER_PRODUCT * products(shape));
    }

    /**
     * The big images (B x bigImage) from the small ones (B x smallImage).
     *
     * @param bias 1 x bigChannels, or null
     * @param gate B x bigImage, or null
     */
    public static Launch spread(ConvolutionShape shape, Matrix small, Matrix weight, @Nullable Matrix bias,
            boolean relu, @Nullable Matrix gate, Matrix big) {
        Arguments.given("Convolution.spread", "shape", shape);
        Arguments a = arguments("Convolution.spread", shape, "small", small, shape.smallImage(), weight);
        a.inputOrNull("bias", bias, 1, shape.bigChannels());
        a.inputOrNull("gate", gate, small.rows(), shape.bigImage());
        a.output("big", big, small.rows(), shape.bigImage());
        return a.launch(new Spread(shape, small, weight, bias, relu, gate, big)).reads(small, gate)
                .readsAll(weight, bias).writes(big).nanosPerItem(NANOS_PER_PRODUCT * products(shape));
    }

    private static Arguments arguments(String operation, ConvolutionShape shape, String name, Matrix image, int floats,
            Matrix weight) {
        Arguments a = new Arguments(operation).input(name, image);
        a.shape(name, image, image.rows(), floats);
        return a.input("weight", weight, shape.weightRows(), shape.smallChannels());
    }

    /** Of one image. */
    private static double products(ConvolutionShape shape) {
        return (double) shape.smallRows() * shape.smallColumns() * shape.weightRows() * shape.smallChannels();
    }

    /**
     * dWeight, of either direction, from the big images and the small ones, one of them a gradient: the sum over images
     * and pixels of the small image. It is cut into {@link #leaves}, each one chain of fused multiply-adds from +0 in
     * the order (image, row, column), and neighbouring leaves are added until one is left. +0 for no images.
     *
     * @param workspace {@link #leaves} x (weightRows smallChannels), which the launch overwrites, on a backend whose
     *     memory is a device's; null where it is not, or there is one leaf
     */
    public static Launch weightGradient(ConvolutionShape shape, Matrix big, Matrix small, @Nullable Matrix workspace,
            Matrix dWeight) {
        Arguments.given("Convolution.weightGradient", "big", big);
        return weightGradient(shape, big, small, workspace, dWeight, BatchSum.chunksOf(big.rows()));
    }

    /**
     * The same, of images that are a part of a batch.
     *
     * @param chunks of the part: see {@link BatchSum#withChunks}
     */
    public static Launch weightGradient(ConvolutionShape shape, Matrix big, Matrix small, @Nullable Matrix workspace,
            Matrix dWeight, int chunks) {
        Arguments.given("Convolution.weightGradient", "shape", shape);
        Arguments a = new Arguments("Convolution.weightGradient").input("big", big);
        a.shape("big", big, big.rows(), shape.bigImage()).input("small", small, big.rows(), shape.smallImage());
        a.output("dWeight", dWeight, shape.weightRows(), shape.smallChannels());
        long leaves = leaves(big.rows(), chunks, shape.smallRows(), shape.smallColumns());
        boolean needed = leaves > 1 && big.backend().memory() == Backend.Memory.DEVICE;
        a.require(needed == (workspace != null), "workspace", needed ? "be given" : "be null", workspace == null
                ? "null" : "a matrix");
        a.outputOrNull("workspace", workspace, leaves, (long) shape.weightRows() * shape.smallChannels());
        double products = products(shape) * big.rows() / shape.weightRows();
        return a.launch(new WeightGradient(shape, big, small, workspace, dWeight, chunks)).readsAll(big, small)
                .writes(dWeight, workspace == null ? null : Arguments.whole(workspace))
                .nanosPerItem(NANOS_PER_PRODUCT * products);
    }

    /**
     * The gradient of a bias: the sum of images (B x rows columns channels) over images and pixels, cut as that of the
     * weights of a small image with so many rows and columns; dBias is 1 x channels.
     */
    public static Launch biasGradient(int rows, int columns, Matrix images, Matrix dBias) {
        Arguments a = new Arguments("Convolution.biasGradient").input("images", images);
        a.require(rows >= 1, "rows", "be at least 1", rows).require(columns >= 1, "columns", "be at least 1", columns);
        long pixels = (long) rows * columns;
        a.require(images.columns() >= pixels && images.columns() % pixels == 0, "images", "have a multiple of rows x"
                + " columns, " + pixels + ", columns", images.columns());
        a.output("dBias", dBias, 1, images.columns() / pixels);
        return a.launch(new BiasGradient(rows, columns, images, dBias, BatchSum.chunksOf(images.rows()))).readsAll(
                images)
                .writes(Arguments.asColumn(dBias)).nanosPerItem(NANOS_PER_SUM * images.rows() * pixels);
    }

    /**
     * Into how many leaves a sum over all images of a batch, and their pixels, is cut: P chunks of images, P as of any
     * sum over a batch, each cut between rows of pixels into Q leaves, Q the largest power of two of at most (B / P)
     * rows columns / 256, at least 1 and at most 64. A function of the problem alone.
     *
     * @param images B, at least 0
     * @param rows of the small image, at least 1
     * @param columns of the small image, at least 1
     */
    public static int leaves(long images, int rows, int columns) {
        return leaves(images, BatchSum.chunksOf(images), rows, columns);
    }

    /**
     * As {@link #leaves(long, int, int)}, of images that are a part of a batch.
     *
     * @param chunks P, of the part
     */
    public static int leaves(long images, int chunks, int rows, int columns) {
        new Arguments("Convolution.leaves").require(images >= 0, "images", "be at least 0", images)
                .require(chunks >= 1 && chunks <= 8, "chunks", "be 1 to 8", chunks)
                .require(rows >= 1, "rows", "be at least 1", rows)
                .require(columns >= 1, "columns", "be at least 1", columns);
        double pixels = (double) (images / chunks) * rows * columns;
        int each = 1;
        while (each < 64 && each * 2 * 256 <= pixels) {
            each *= 2;
        }
        return chunks * each;
    }

    /** Items are images. */
    public record Gather(ConvolutionShape shape, Matrix big, Matrix weight, @Nullable Matrix bias, boolean relu,
            @Nullable Matrix gate, Matrix small)
            implements
                Operation {
        @Override
        public long items() {
            return small.rows();
        }
    }

    /** Items are images. */
    public record Spread(ConvolutionShape shape, Matrix small, Matrix weight, @Nullable Matrix bias, boolean relu,
            @Nullable Matrix gate, Matrix big)
            implements
                Operation {
        @Override
        public long items() {
            return big.rows();
        }
    }

    /** Items are rows of dWeight. */
    public record WeightGradient(ConvolutionShape shape, Matrix big, Matrix small, @Nullable Matrix workspace,
            Matrix dWeight, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return big;
        }

        @Override
        public List<Matrix> results() {
            return List.of(dWeight);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new WeightGradient(shape, big, small, workspace, dWeight, chunks);
        }

        @Override
        public long items() {
            return dWeight.rows();
        }
    }

    /** Items are channels. */
    public record BiasGradient(int rows, int columns, Matrix images, Matrix dBias, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return images;
        }

        @Override
        public List<Matrix> results() {
            return List.of(dBias);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new BiasGradient(rows, columns, images, dBias, chunks);
        }

        @Override
        public long items() {
            return dBias.columns();
        }
    }
}
