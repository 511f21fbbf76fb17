package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.Convolution;
import io.elbo4j.operation.Rows;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which gradients of convolutions are split: a list in, a list out. Nothing runs, so any backend's matrices do. */
class ConvolutionLeavesTest {
    private static final int IMAGES = 64;
    private static final ConvolutionShape SHAPE = new ConvolutionShape(8, 8, 2, 4, 4, 3, 2, 1);

    private final Backend backend = Backends.open("java", 1);
    private final AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8);
    private final Matrix big = backend.matrix(IMAGES, SHAPE.bigImage());
    private final Matrix small = backend.matrix(IMAGES, SHAPE.smallImage());
    private final Layer one = new Layer(backend.matrix(2, SHAPE.weightRows() * 3L));
    private final Layer two = new Layer(backend.matrix(2, SHAPE.weightRows() * 3L));

    private final class Layer {
        final Matrix workspace;
        final Matrix weight = weights();
        final Matrix dWeight = weights();
        final Launch gradient;
        final Launch update = Adam.update(weight, dWeight, weights(), weights(), step, null);

        /** As a device would run it: only there a workspace may be given. */
        Layer(Matrix workspace) {
            this.workspace = workspace;
            Convolution.WeightGradient operation = new Convolution.WeightGradient(SHAPE, big, small, workspace,
                    dWeight, BatchSum.chunksOf(big.rows()));
            gradient = Launch.of("gradient", backend, operation.items()).body(operation).readsAll(big, small).writes(
                    dWeight, workspace);
        }

        private Matrix weights() {
            return backend.matrix(SHAPE.weightRows(), 3);
        }
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static String names(Launch... launches) {
        return AdamUpdates.fuse(ConvolutionLeaves.fuse(List.of(launches))).stream().map(Launch::name).collect(Collectors
                .joining(", "));
    }

    private static Launch fill(Matrix m) {
        return Rows.fill(1, m);
    }

    @Test
    void sumsOfLeavesAreTakenAlongByTheUpdates() {
        Matrix plain = backend.matrix(1, 3);
        Launch bias = Adam.update(plain, backend.matrix(1, 3), backend.matrix(1, 3), backend.matrix(1, 3), step, null);
        List<Launch> fused = AdamUpdates.fuse(ConvolutionLeaves.fuse(List.of(one.gradient, two.gradient, fill(small),
                one.update, bias, two.update)));
        assertEquals(List.of("leaves of a convolution's weights", "leaves of a convolution's weights", "Rows.fill",
                "Adam updates"), fused.stream().map(Launch::name).toList());
        assertSame(one.gradient.body(), ((ConvolutionLeaves) fused.get(0).body()).gradient());
        List<AdamUpdates.One> updates = ((AdamUpdates) fused.get(3).body()).updates();
        assertSame(one.gradient.body(), updates.get(0).leaves());
        assertNull(updates.get(1).leaves());
        assertSame(two.gradient.body(), updates.get(2).leaves());
    }

    @Test
    void oneLayerAloneIsTwoLaunches() {
        assertEquals("leaves of a convolution's weights, Adam updates", names(one.gradient, one.update));
    }

    @Test
    void aSumThatSomethingElseReadsIsAddedUpAtOnce() {
        assertEquals("gradient, Rows.copy, Adam.update", names(one.gradient, Rows.copy(one.dWeight, backend.matrix(
                SHAPE.weightRows(), 3)), one.update), "as the norm of a gradient that is clipped");
        assertEquals("gradient, Rows.fill, Adam.update", names(one.gradient, fill(one.dWeight), one.update));
        assertEquals("gradient", names(one.gradient), "no update");
        assertEquals("gradient, Adam.update", names(one.gradient, two.update), "another's update");
    }

    @Test
    void aWorkspaceThatAnotherTakesIsReadBefore() {
        Layer same = new Layer(one.workspace);
        assertEquals("gradient, leaves of a convolution's weights, Adam updates", names(one.gradient, same.gradient,
                one.update, same.update));
    }

    @Test
    void theUpdateWritesTheGradientThatIsReadLater() {
        assertEquals("leaves of a convolution's weights, Adam updates, Rows.copy, Adam.update", names(one.gradient,
                one.update, Rows.copy(one.dWeight, backend.matrix(SHAPE.weightRows(), 3)), two.update));
    }

    @Test
    void biasesWaitForEachOtherUntilTheirImagesChange() {
        Matrix[] images = {backend.matrix(3, 8), backend.matrix(3, 12), backend.matrix(3, 4)};
        Launch[] biases = {bias(images[0], 2), bias(images[1], 3), bias(images[2], 1)};
        assertEquals("Rows.fill, bias gradients", biasNames(biases[0], fill(small), biases[1], biases[2]));
        assertEquals("bias gradients, Rows.fill, Convolution.biasGradient", biasNames(biases[0], biases[1], fill(
                images[1]), biases[2]));
        assertEquals("Convolution.biasGradient, Convolution.biasGradient", biasNames(biases[0], biases[0]),
                "both write the same");
    }

    private Launch bias(Matrix images, int channels) {
        return Convolution.biasGradient(2, 2, images, backend.matrix(1, channels));
    }

    private static String biasNames(Launch... launches) {
        return BiasGradients.fuse(List.of(launches)).stream().map(Launch::name).collect(Collectors.joining(", "));
    }
}
