package io.elbo4j.equivalence;

import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Convolution;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** The cases of convolutions. For each shape of the suite, whose rows are images, there is a geometry. */
final class Convolutions {
    /** In the order of {@link Shape#ALL}. */
    private static final ConvolutionShape[] GEOMETRIES = {
            of(5, 5, 3, 2, 3, 3, 1, 1), of(4, 4, 2, 4, 2, 2, 2, 0), of(1, 1, 1, 1, 1, 1, 1, 0),
            of(1, 1, 3, 2, 3, 3, 2, 1), of(4, 5, 1, 3, 3, 2, 1, 1), of(6, 6, 4, 5, 4, 4, 2, 1),
            of(5, 7, 2, 4, 2, 3, 3, 0), of(9, 4, 31, 1, 3, 3, 2, 1), of(8, 8, 32, 16, 4, 4, 2, 1),
            of(7, 5, 33, 17, 3, 3, 1, 1), of(8, 8, 3, 20, 4, 4, 2, 1), of(4, 4, 20, 3, 3, 3, 1, 1),
            of(3, 3, 127, 2, 3, 3, 1, 0), of(6, 6, 8, 128, 4, 4, 2, 1), of(5, 5, 1, 129, 5, 5, 1, 2),
            of(8, 8, 4, 64, 4, 4, 2, 1), of(5, 5, 2, 17, 3, 3, 2, 0), of(2, 2, 257, 6, 2, 2, 1, 0),
            of(28, 28, 1, 32, 4, 4, 2, 1), of(16, 16, 3, 48, 4, 4, 2, 1), of(4, 4, 64, 96, 4, 4, 2, 1),
            of(33, 31, 1, 4, 5, 3, 2, 2), of(6, 6, 1, 10, 3, 3, 2, 1), of(3, 4, 2, 7, 2, 2, 1, 2),
            of(20, 20, 16, 24, 3, 3, 1, 1)};

    /** A chain may end in -0: a step too many, of zeros, would make it +0. */
    static final String GATHER_TINY = "convolution.gather.tiny";
    static final String SPREAD_TINY = "convolution.spread.tiny";

    private Convolutions() {}

    private static ConvolutionShape of(int rows, int columns, int big, int small, int kernelRows, int kernelColumns,
            int stride, int padding) {
        return new ConvolutionShape(rows, columns, big, small, kernelRows, kernelColumns, stride, padding);
    }

    private static ConvolutionShape geometry(Shape s) {
        return GEOMETRIES[Arrays.asList(Shape.ALL).indexOf(s)];
    }

    /** Of the result of one of the cases of tiny images. */
    static int channels(String tiny, Shape s) {
        return tiny.equals(GATHER_TINY) ? geometry(s).smallChannels() : geometry(s).bigChannels();
    }

    static void addTo(BiConsumer<String, BiFunction<Bench, Shape, Launch>> cases) {
        cases.accept("convolution.gather", (b, s) -> Convolution.gather(geometry(s), big(b, s), weight(b, s), null,
                false, null, b.out(s.rows(), geometry(s).smallImage())));
        cases.accept("convolution.gather.bias.relu", (b, s) -> Convolution.gather(geometry(s), big(b, s), weight(b, s),
                b.in(1, geometry(s).smallChannels()), true, null, b.out(s.rows(), geometry(s).smallImage())));
        cases.accept("convolution.gather.gate", (b, s) -> Convolution.gather(geometry(s), big(b, s), weight(b, s), null,
                false, small(b, s), b.out(s.rows(), geometry(s).smallImage())));
        cases.accept("convolution.spread", (b, s) -> Convolution.spread(geometry(s), small(b, s), weight(b, s), null,
                false, null, b.out(s.rows(), geometry(s).bigImage())));
        cases.accept("convolution.spread.bias.relu", (b, s) -> Convolution.spread(geometry(s), small(b, s), weight(b,
                s), b.in(1, geometry(s).bigChannels()), true, null, b.out(s.rows(), geometry(s).bigImage())));
        cases.accept("convolution.spread.gate", (b, s) -> Convolution.spread(geometry(s), small(b, s), weight(b, s),
                null, false, big(b, s), b.out(s.rows(), geometry(s).bigImage())));
        cases.accept(GATHER_TINY, (b, s) -> Convolution.gather(geometry(s), b.tiny(s.rows(), geometry(s).bigImage()),
                tinyWeight(b, s), null, false, null, b.out(s.rows(), geometry(s).smallImage())));
        cases.accept(SPREAD_TINY, (b, s) -> Convolution.spread(geometry(s), b.tiny(s.rows(), geometry(s)
                .smallImage()), tinyWeight(b, s), null, false, null, b.out(s.rows(), geometry(s).bigImage())));
        cases.accept("convolution.weightGradient", Convolutions::weightGradient);
        cases.accept("convolution.biasGradient.small", (b, s) -> Convolution.biasGradient(geometry(s).smallRows(),
                geometry(s).smallColumns(), small(b, s), b.out(1, geometry(s).smallChannels())));
        cases.accept("convolution.biasGradient.big", (b, s) -> Convolution.biasGradient(geometry(s).bigRows(),
                geometry(s).bigColumns(), big(b, s), b.out(1, geometry(s).bigChannels())));
    }

    private static Launch weightGradient(Bench b, Shape s) {
        ConvolutionShape of = geometry(s);
        Matrix big = big(b, s);
        int leaves = Convolution.leaves(s.rows(), of.smallRows(), of.smallColumns());
        boolean needed = leaves > 1 && big.backend().memory() == Backend.Memory.DEVICE;
        return Convolution.weightGradient(of, big, small(b, s), needed ? b.workspace(leaves, (long) of.weightRows()
                * of.smallChannels()) : null, b.out(of.weightRows(), of.smallChannels()));
    }

    private static Matrix big(Bench b, Shape s) {
        return b.in(s.rows(), geometry(s).bigImage());
    }

    private static Matrix small(Bench b, Shape s) {
        return b.in(s.rows(), geometry(s).smallImage());
    }

    private static Matrix tinyWeight(Bench b, Shape s) {
        return b.tiny(geometry(s).weightRows(), geometry(s).smallChannels());
    }

    private static Matrix weight(Bench b, Shape s) {
        return b.in(geometry(s).weightRows(), geometry(s).smallChannels());
    }
}
