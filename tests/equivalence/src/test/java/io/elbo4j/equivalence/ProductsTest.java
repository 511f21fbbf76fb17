package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Convolution;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Products of the sizes for which a device takes its large tiles, with 1 to 8 chunks of a batch, and the update of
 * whole layers that a device does in one launch: by bits against the java backend.
 */
class ProductsTest {
    private static final int[][] SIZES = {{33, 40}, {130, 132}, {129, 260}, {256, 256}, {300, 517}};
    private static final int[] DEPTHS = {9, 100, 301, 1031};
    private static final int[] BATCHES = {1, 40, 96, 128, 300};
    private static final int SEED = 31;

    /** Matrices of one backend, filled with the same values on each. */
    private static final class Operands implements AutoCloseable {
        private final Backend backend;
        private final Values values;
        private final List<Matrix> all = new ArrayList<>();
        private int drawn;

        Operands(Backend backend, Values values) {
            this.backend = backend;
            this.values = values;
        }

        Matrix next(int rows, int columns) {
            Matrix m = backend.matrix(rows, columns).set(values.draw(SEED + drawn++, rows * columns));
            all.add(m);
            return m;
        }

        List<float[]> read() {
            return all.stream().map(Matrix::toArray).toList();
        }

        @Override
        public void close() {
            all.forEach(Matrix::close);
        }
    }

    private static void compare(String name, Function<Operands, List<Launch>> launches) {
        // without a hardware fma these need minutes
        compare(name, "(?!cpu level [02]).*", launches);
    }

    private static void compare(String name, String backends, Function<Operands, List<Launch>> launches) {
        for (Values values : new Values[] {Values.NORMAL, Values.SPECIAL}) {
            List<float[]> expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = run(reference, values, launches);
            }
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                if (under.name().matches(backends)) {
                    try (Backend backend = under.open()) {
                        assertNull(Bits.difference(expected, run(backend, values, launches)), () -> name + " " + values
                                + " on " + under.name());
                    }
                }
            }
        }
    }

    /** Twice: a device replays a captured graph the second time. */
    private static List<float[]> run(Backend backend, Values values, Function<Operands, List<Launch>> launches) {
        try (Operands operands = new Operands(backend, values);
                Program program = new Program(backend, launches.apply(operands))) {
            program.run();
            program.run();
            return operands.read();
        }
    }

    @TestFactory
    Stream<DynamicTest> products() {
        return Stream.of(SIZES).map(size -> DynamicTest.dynamicTest(size[0] + " x " + size[1], () -> {
            int rows = size[0];
            int columns = size[1];
            for (int depth : DEPTHS) {
                compare("products of depth " + depth, o -> List.of(
                        Matmul.forward(o.next(rows, depth), o.next(depth, columns), o.next(1, columns), true,
                                o.next(rows, columns)),
                        Matmul.inputGradient(o.next(rows, depth), o.next(columns, depth), null, o.next(rows, columns)),
                        Matmul.weightGradient(o.next(depth, rows), o.next(depth, columns), o.next(rows, columns))));
            }
        }));
    }

    /** The cpu takes as many chains at a time as it has registers, and of more columns several times that many. */
    @TestFactory
    Stream<DynamicTest> productsOfOneRow() {
        return IntStream.of(1, 7, 8, 9, 15, 16, 17, 33, 95, 96, 97, 127, 128, 129, 191, 193, 415, 416, 417, 833, 2500)
                .mapToObj(columns -> DynamicTest.dynamicTest(columns + " columns", () -> {
                    for (int depth : new int[] {1, 3, 784}) {
                        compare("one row of depth " + depth, ".*", o -> List.of(
                                Matmul.forward(o.next(1, depth), o.next(depth, columns), null, false,
                                        o.next(1, columns)),
                                Matmul.forward(o.next(1, depth), o.next(depth, columns + 5).columns(3, columns + 3),
                                        o.next(1, columns), true, o.next(1, columns))));
                    }
                }));
    }

    /** The cpu reads their weights in place. */
    @TestFactory
    Stream<DynamicTest> convolutionsOfFewPixels() {
        return IntStream.of(8, 16, 24, 32, 40, 48, 64, 80, 144).mapToObj(channels -> DynamicTest.dynamicTest(channels
                + " channels", () -> {
                    for (int images = 1; images <= 2; images++) {
                        int count = images;
                        ConvolutionShape shape = new ConvolutionShape(9, 14, 3, channels, 3, 4, 2, 1);
                        compare(shape.toString(), ".*", o -> List.of(
                                Convolution.gather(shape, o.next(count, shape.bigImage()), o.next(shape.weightRows(),
                                        channels + 5).columns(3, channels + 3), o.next(1, channels), true, null, o.next(
                                                count, shape.smallImage())),
                                Convolution.gather(shape, o.next(count, shape.bigImage()), o.next(shape.weightRows(),
                                        channels), null, false, o.next(count, shape.smallImage()), o.next(count, shape
                                                .smallImage()))));
                    }
                }));
    }

    /** Larger than the blocks into which the cpu cuts deep sums. */
    @TestFactory
    Stream<DynamicTest> deepSumsOfSeveralBlocks() {
        return Stream.of(new int[][] {{700, 40}, {30, 1400}, {680, 690}}).map(size -> DynamicTest.dynamicTest(size[0]
                + " x " + size[1], () -> compare("a deep sum", "cpu level [34].*", o -> List.of(Matmul.weightGradient(o
                        .next(1031, size[0]), o.next(1031, size[1]), o.next(size[0], size[1]))))));
    }

    @TestFactory
    Stream<DynamicTest> updatesOfLayers() {
        AdamStep step = new AdamStep(1e-2, 0.9, 0.999, 1e-8).at(3);
        return Arrays.stream(BATCHES).mapToObj(batch -> DynamicTest.dynamicTest("batch " + batch, () -> compare(
                "updates", o -> {
                    List<Launch> launches = new ArrayList<>();
                    for (int[] layer : new int[][] {{61, 60}, {128, 132}, {20, 9}}) {
                        Matrix x = o.next(batch, layer[0]);
                        Matrix dy = o.next(batch, layer[1]);
                        Matrix weightGradient = o.next(layer[0], layer[1]);
                        Matrix biasGradient = o.next(1, layer[1]);
                        launches.add(Matmul.weightGradient(x, dy, weightGradient));
                        launches.add(Sums.columns(dy, biasGradient));
                        launches.add(update(o, weightGradient, step, null));
                        launches.add(update(o, biasGradient, step, null));
                    }
                    return launches;
                })));
    }

    /** More of them than a table of the device has, aligned or not, smaller and larger than a block's share. */
    @TestFactory
    Stream<DynamicTest> updatesOfManyParameters() {
        AdamStep step = new AdamStep(1e-2, 0.9, 0.999, 1e-8).at(3);
        return Stream.of(false, true).map(scaled -> DynamicTest.dynamicTest(scaled ? "scaled" : "as they are",
                () -> compare("updates", o -> {
                    Matrix scale = scaled ? o.next(1, 1) : null;
                    List<Launch> launches = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        int rows = 1 + i % 7;
                        int columns = i == 9 ? 2050 : 1 + i * 3;
                        launches.add(Adam.update(o.next(rows, columns), o.next(rows, columns), o.next(rows, columns), o
                                .next(rows, columns), step, scale));
                    }
                    return launches;
                })));
    }

    /**
     * Leaves of weights and the bias gradients of several layers, of few channels and of more, as a device takes them
     * into one launch: 1 to 512 leaves, and in one case more than its tables have.
     */
    @TestFactory
    Stream<DynamicTest> updatesOfConvolutions() {
        AdamStep step = new AdamStep(1e-2, 0.9, 0.999, 1e-8).at(3);
        List<ConvolutionShape> shapes = List.of(new ConvolutionShape(24, 24, 2, 3, 1, 1, 1, 0), new ConvolutionShape(
                12, 12, 8, 36, 4, 4, 2, 1), new ConvolutionShape(12, 12, 1, 5, 3, 3, 1, 1), new ConvolutionShape(3, 5,
                        16, 20, 3, 3, 1, 1));
        return Stream.of(false, true).flatMap(scaled -> Arrays.stream(new int[][] {{1, 5}, {40, 1}, {64, 1}, {264, 1}})
                .map(of -> DynamicTest.dynamicTest(of[0] + " images, " + of[1] * shapes.size() + " layers"
                        + (scaled ? ", scaled" : ""), () -> compare("updates", o -> {
                            Matrix scale = scaled ? o.next(1, 1) : null;
                            List<Launch> launches = new ArrayList<>();
                            for (int i = 0; i < of[1]; i++) {
                                shapes.forEach(shape -> launches.addAll(convolution(o, of[0], shape, step, scale)));
                            }
                            return launches;
                        }))));
    }

    /** The bias gradients of both directions. */
    private static List<Launch> convolution(Operands o, int images, ConvolutionShape shape, AdamStep step,
            Matrix scale) {
        Matrix big = o.next(images, shape.bigImage());
        Matrix small = o.next(images, shape.smallImage());
        Matrix weight = o.next(shape.weightRows(), shape.smallChannels());
        Matrix bias = o.next(1, shape.smallChannels());
        Matrix transposedBias = o.next(1, shape.bigChannels());
        Matrix workspace = workspace(o, images, shape);
        return List.of(Convolution.weightGradient(shape, big, small, workspace, weight), Convolution.biasGradient(shape
                .smallRows(), shape.smallColumns(), small, bias), Convolution.biasGradient(shape.bigRows(), shape
                        .bigColumns(), big, transposedBias), update(o, weight, step, scale), update(o, bias, step,
                                scale), update(o, transposedBias, step, scale));
    }

    /** Up to 2^24: most pixels of the big image have no taps, and more classes of them than a device's launch takes. */
    @TestFactory
    Stream<DynamicTest> convolutionsOfLargeStrides() {
        return Stream.of(new ConvolutionShape(4, 4, 2, 5, 3, 3, 1 << 24, 0), new ConvolutionShape(4, 5, 6, 3, 3, 2, 1
                << 24, 1), new ConvolutionShape(14, 9, 5, 6, 2, 3, 7, 1), new ConvolutionShape(2, 70, 5, 6, 1, 3, 66,
                        2)).map(shape -> DynamicTest.dynamicTest(shape.toString(), () -> compare("convolutions", ".*",
                                o -> bothDirections(o, shape, 5))));
    }

    /** With a stride of 2 and an even kernel the inner pixels of the four phases touch the same input. */
    @TestFactory
    Stream<DynamicTest> convolutionsOfFewChannelsWithAStrideOfTwo() {
        return IntStream.rangeClosed(1, 4).boxed().flatMap(channels -> IntStream.rangeClosed(0, 2).mapToObj(
                padding -> DynamicTest.dynamicTest(channels + " channels, padding " + padding, () -> {
                    for (int[] kernel : new int[][] {{2, 2}, {4, 4}, {4, 2}, {6, 4}, {3, 4}}) {
                        for (int[] image : new int[][] {{7, 6}, {8, 8}, {6, 11}}) {
                            ConvolutionShape shape = new ConvolutionShape(image[0], image[1], channels, 5, kernel[0],
                                    kernel[1], 2, padding);
                            compare(shape.toString(), ".*", o -> bothDirections(o, shape, 17));
                        }
                    }
                })));
    }

    /**
     * A device has kernels of their own for results of 1 to 4 channels, for weights that fill its shared memory, for
     * inputs of a multiple of 4 channels and others, and for tiles of three sizes: {channels of the result, of the
     * input, kernel, images}.
     */
    @TestFactory
    Stream<DynamicTest> convolutionsOfEveryTile() {
        return Stream.of(new int[][] {{1, 40, 9, 3}, {1, 39, 9, 3}, {1, 8, 3, 3}, {1, 7, 3, 3}, {4, 12, 9, 3}, {3, 11,
                9, 3}, {2, 8, 3, 3}, {12, 5, 3, 5}, {128, 5, 3, 9}, {128, 8, 3, 9}}).map(of -> DynamicTest.dynamicTest(
                        Arrays.toString(of), () -> {
                            ConvolutionShape gather = new ConvolutionShape(13, 12, of[1], of[0], of[2], of[2], 1, of[2]
                                    / 2);
                            ConvolutionShape spread = new ConvolutionShape(13, 12, of[0], of[1], of[2], of[2], 1, of[2]
                                    / 2);
                            compare(gather.toString(), o -> List.of(
                                    Convolution.gather(gather, o.next(of[3], gather.bigImage()), o.next(gather
                                            .weightRows(), of[0]), o.next(1, of[0]), true, null, o.next(of[3], gather
                                                    .smallImage())),
                                    Convolution.spread(spread, o.next(of[3], spread.smallImage()), o.next(spread
                                            .weightRows(), of[1]), null, false, o.next(of[3], spread.bigImage()), o
                                                    .next(of[3], spread.bigImage()))));
                        }));
    }

    /** Whose parked sums do not stay in a cache, so that the cpu takes 1, 2 or 8 leaves at a time. */
    @TestFactory
    Stream<DynamicTest> weightGradientsOfManyWeights() {
        return Stream.of(new int[] {40, 96, 200}, new int[] {40, 33, 401}, new int[] {131, 33, 401}).map(
                of -> DynamicTest.dynamicTest(Arrays.toString(of), () -> {
                    ConvolutionShape shape = new ConvolutionShape(8, 8, of[1], of[2], 4, 4, 2, 1);
                    compare(shape.toString(), "cpu level [34].*", o -> List.of(Convolution.weightGradient(shape, o.next(
                            of[0], shape.bigImage()), o.next(of[0], shape.smallImage()), null, o.next(shape
                                    .weightRows(), shape.smallChannels()))));
                }));
    }

    private static List<Launch> bothDirections(Operands o, ConvolutionShape shape, int images) {
        Matrix big = o.next(images, shape.bigImage());
        Matrix small = o.next(images, shape.smallImage());
        Matrix weight = o.next(shape.weightRows(), shape.smallChannels());
        Matrix onBig = o.next(1, shape.bigChannels());
        Matrix onSmall = o.next(1, shape.smallChannels());
        return List.of(
                Convolution.gather(shape, big, weight, onSmall, false, null, o.next(images, shape.smallImage())),
                Convolution.spread(shape, small, weight, onBig, false, null, o.next(images, shape.bigImage())),
                Convolution.spread(shape, small, weight, null, false, big, o.next(images, shape.bigImage())),
                Convolution.weightGradient(shape, big, small, workspace(o, images, shape), o.next(shape.weightRows(),
                        shape.smallChannels())));
    }

    /** Not compared: only a device has it. */
    private static Matrix workspace(Operands o, int images, ConvolutionShape shape) {
        int leaves = Convolution.leaves(images, shape.smallRows(), shape.smallColumns());
        return leaves > 1 && o.backend.memory() == Backend.Memory.DEVICE ? o.backend.matrix(leaves, (long) shape
                .weightRows() * shape.smallChannels()) : null;
    }

    private static Launch update(Operands o, Matrix gradient, AdamStep step, Matrix scale) {
        int rows = (int) gradient.rows();
        int columns = (int) gradient.columns();
        return Adam.update(o.next(rows, columns), gradient, o.next(rows, columns), o.next(rows, columns), step, scale);
    }
}
