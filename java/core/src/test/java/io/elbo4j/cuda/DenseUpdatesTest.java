package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which launches become one: a list in, a list out. Nothing runs, so any backend's matrices do. */
class DenseUpdatesTest {
    private static final int BATCH = 8;

    private final Backend backend = Backends.open("java", 1);
    private final AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8);
    private final Layer one = new Layer(6, 4);
    private final Layer two = new Layer(4, 3);

    private final class Layer {
        final Matrix x;
        final Matrix dy;
        final Matrix[] weight;
        final Matrix[] bias;

        Layer(int inputs, int outputs) {
            x = backend.matrix(BATCH, inputs);
            dy = backend.matrix(BATCH, outputs);
            weight = parameter(inputs, outputs);
            bias = parameter(1, outputs);
        }

        /** Value, gradient, moments. */
        private Matrix[] parameter(int rows, int columns) {
            Matrix[] all = new Matrix[4];
            for (int i = 0; i < all.length; i++) {
                all[i] = backend.matrix(rows, columns);
            }
            return all;
        }

        Launch weightGradient() {
            return Matmul.weightGradient(x, dy, weight[1]);
        }

        Launch weightUpdate(AdamStep with, Matrix scale) {
            return Adam.update(weight[0], weight[1], weight[2], weight[3], with, scale);
        }

        Launch biasGradient() {
            return Sums.columns(dy, bias[1]);
        }

        Launch biasUpdate() {
            return Adam.update(bias[0], bias[1], bias[2], bias[3], step, null);
        }

        List<Launch> all() {
            return List.of(weightGradient(), weightUpdate(step, null), biasGradient(), biasUpdate());
        }
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @SafeVarargs
    private static List<Launch> join(List<Launch>... parts) {
        List<Launch> all = new ArrayList<>();
        for (List<Launch> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private static String names(List<Launch> launches) {
        return DenseUpdates.fuse(launches).stream().map(Launch::name).collect(Collectors.joining(", "));
    }

    private static DenseUpdates fused(List<Launch> launches) {
        return DenseUpdates.fuse(launches).stream().map(Launch::body).filter(DenseUpdates.class::isInstance)
                .map(DenseUpdates.class::cast).findFirst().orElseThrow();
    }

    private Launch fill(Matrix m) {
        return Rows.fill(1, m);
    }

    @Test
    void allLayersBecomeOneLaunchAtThePlaceOfTheLast() {
        Matrix other = backend.matrix(2, 2);
        List<Launch> launches = join(List.of(fill(one.dy)), one.all(), List.of(fill(other)), two.all(),
                List.of(Rows.copy(two.weight[0], backend.matrix(4, 3))));
        assertEquals("Rows.fill, Rows.fill, dense updates, Rows.copy", names(launches));
        DenseUpdates updates = fused(launches);
        assertSame(step, updates.step());
        assertEquals(2, updates.layers().size());
        assertSame(one.x, updates.layers().get(0).gradient().a());
        assertSame(one.weight[0].storage(), updates.layers().get(0).weight().parameter().storage());
        assertSame(two.bias[3].storage(), updates.layers().get(1).bias().secondMoment().storage());
    }

    @Test
    void theOrderOfTheFourDoesNotMatter() {
        assertEquals("dense updates", names(List.of(one.biasGradient(), one.weightGradient(), one.biasUpdate(),
                one.weightUpdate(step, null))));
        assertEquals("dense updates", names(List.of(one.weightGradient(), two.weightGradient(), one.biasGradient(),
                two.biasGradient(), two.biasUpdate(), two.weightUpdate(step, null), one.weightUpdate(step, null),
                one.biasUpdate())));
    }

    @Test
    void aLayerWithoutBiasHasNone() {
        List<Launch> launches = List.of(one.weightGradient(), one.weightUpdate(step, null));
        assertEquals("dense updates", names(launches));
        assertNull(fused(launches).layers().get(0).bias());
        assertEquals("Sums.columns, dense updates", names(List.of(one.biasGradient(), one.weightGradient(),
                one.weightUpdate(step, null))), "a bias that is not updated");
    }

    @Test
    void aGradientScaleIsNotFused() {
        Matrix scale = backend.matrix(1, 1);
        List<Launch> launches = List.of(one.weightGradient(), one.weightUpdate(step, scale));
        assertSame(launches, DenseUpdates.fuse(launches));
    }

    @Test
    void whatIsReadOrWrittenBetweenStaysApart() {
        Matrix copy = backend.matrix(6, 4);
        Launch gradient = one.weightGradient();
        Launch update = one.weightUpdate(step, null);
        assertEquals("Matmul.weightGradient, Rows.copy, Adam.update",
                names(List.of(gradient, Rows.copy(one.weight[1], copy), update)), "the gradient is read");
        assertEquals("Matmul.weightGradient, Rows.add, Adam.update",
                names(List.of(gradient, Rows.add(copy, one.weight[1]), update)), "the gradient is added to");
        assertEquals("Matmul.weightGradient, Rows.fill, Adam.update",
                names(List.of(gradient, fill(one.x), update)), "the input is written");
        assertEquals("Rows.fill, dense updates", names(List.of(fill(one.x), gradient, update)));
        assertEquals("dense updates, Rows.fill", names(List.of(gradient, update, fill(one.x))));
    }

    @Test
    void aWeightReadBetweenTwoLayersKeepsThemApart() {
        Launch reads = Matmul.inputGradient(one.dy, one.weight[0], null, backend.matrix(BATCH, 6));
        assertEquals("dense updates, Matmul.inputGradient, dense updates", names(join(one.all(), List.of(reads),
                two.all())));
    }

    @Test
    void twoUpdatesOfOneWeightStayInTheirOrder() {
        List<Launch> launches = join(one.all(), one.all());
        assertEquals("dense updates, dense updates", names(launches));
        assertEquals("dense updates, Rows.fill, dense updates", names(join(one.all(), List.of(fill(one.weight[0])),
                one.all())));
    }

    @Test
    void layersWithDifferentStepsAreDifferentLaunches() {
        AdamStep other = new AdamStep(1e-2, 0.9, 0.999, 1e-8);
        List<Launch> launches = join(List.of(one.weightGradient(), one.weightUpdate(step, null)),
                List.of(two.weightGradient(), two.weightUpdate(other, null)));
        assertEquals("dense updates, dense updates", names(launches));
    }

    @Test
    void viewsThatAreNotContiguousStayApart() {
        Matrix wide = backend.matrix(6, 8);
        List<Launch> launches = List.of(Matmul.weightGradient(one.x, one.dy, wide.columns(0, 4)),
                Adam.update(one.weight[0], wide.columns(0, 4), one.weight[2], one.weight[3], step, null));
        assertSame(launches, DenseUpdates.fuse(launches));
    }

    @Test
    void aBiasOfAnotherLayersGradientIsNotTaken() {
        assertEquals("dense updates", names(join(one.all(), two.all())));
        assertEquals("Sums.columns, Adam.update, dense updates", names(List.of(two.biasGradient(), two.biasUpdate(),
                one.weightGradient(), one.weightUpdate(step, null))));
    }

    @Test
    void anEmptyBatchStaysApart() {
        Matrix none = one.x.rows(0, 0);
        List<Launch> launches = List.of(Matmul.weightGradient(none, one.dy.rows(0, 0), one.weight[1]),
                one.weightUpdate(step, null));
        assertSame(launches, DenseUpdates.fuse(launches));
    }

    @Test
    void nothingToFuseIsTheSameList() {
        List<Launch> launches = List.of(fill(one.x), fill(one.dy));
        assertSame(launches, DenseUpdates.fuse(launches));
        assertEquals("", names(List.of()));
    }
}
