package io.elbo4j.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What normalisations refuse, before anything is written, and what they declare to read and write. */
class LayerNormArgumentsTest {
    private static final float EPSILON = 1e-5f;

    private final Backend backend = Backends.open("java", 2);
    private final Matrix x = matrix(3, 4);
    private final Matrix y = matrix(3, 4);
    private final Matrix dY = matrix(3, 4);
    private final Matrix gamma = matrix(1, 4);
    private final Matrix beta = matrix(1, 4);
    private final Matrix mean = matrix(3, 1);
    private final Matrix rstd = matrix(3, 1);
    private final Matrix wrong = matrix(2, 4);

    private Matrix matrix(long rows, long columns) {
        return backend.matrix(rows, columns);
    }

    @AfterEach
    void nothingWasWritten() {
        for (Matrix m : new Matrix[] {x, y, dY, gamma, beta, mean, rstd, wrong}) {
            assertArrayEquals(new float[(int) (m.rows() * m.columns())], m.toArray());
        }
        backend.close();
    }

    private static void refused(String expected, Supplier<Launch> operation) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, operation::get).getMessage());
    }

    private static void missing(String expected, Supplier<Launch> operation) {
        assertEquals(expected + " must be given, not null",
                assertThrows(NullPointerException.class, operation::get).getMessage());
    }

    @Test
    void forward() {
        String l = "LayerNorm.forward: ";
        missing(l + "x", () -> LayerNorm.forward(null, gamma, beta, EPSILON, y, mean, rstd));
        missing(l + "beta", () -> LayerNorm.forward(x, gamma, null, EPSILON, y, mean, rstd));
        missing(l + "mean", () -> LayerNorm.forward(x, gamma, beta, EPSILON, y, null, rstd));
        missing(l + "rstd", () -> LayerNorm.forward(x, gamma, beta, EPSILON, y, mean, null));
        refused(l + "x must have at least 1 column, not 0 columns", () -> LayerNorm.forward(x.columns(2, 2), gamma,
                beta, EPSILON, y, mean, rstd));
        refused(l + "gamma must be 1 x 4, not 3 x 4", () -> LayerNorm.forward(x, dY, beta, EPSILON, y, mean, rstd));
        refused(l + "beta must be 1 x 4, not 1 x 3", () -> LayerNorm.forward(x, gamma, beta.columns(0, 3), EPSILON, y,
                mean, rstd));
        refused(l + "y must be 3 x 4, not 2 x 4", () -> LayerNorm.forward(x, gamma, beta, EPSILON, wrong, mean, rstd));
        refused(l + "y must lie apart from x, not overlapping it", () -> LayerNorm.forward(x, gamma, beta, EPSILON, x,
                mean, rstd));
        refused(l + "mean must be 3 x 1, not 2 x 4", () -> LayerNorm.forward(x, gamma, beta, EPSILON, y, wrong, rstd));
        refused(l + "rstd must lie apart from mean, not overlapping it", () -> LayerNorm.forward(x, gamma, beta,
                EPSILON, y, mean, mean));
        for (float epsilon : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            String why = "epsilon must be above 0 and finite, not " + epsilon;
            refused(l + why, () -> LayerNorm.forward(x, gamma, beta, epsilon, y, mean, rstd));
            refused("RmsNorm.forward: " + why, () -> RmsNorm.forward(x, gamma, epsilon, y, rstd));
        }
        refused("RmsNorm.forward: rstd must be 3 x 1, not 2 x 4", () -> RmsNorm.forward(x, gamma, EPSILON, y, wrong));
    }

    @Test
    void gradients() {
        String b = "LayerNorm.backward: ";
        missing(b + "mean", () -> LayerNorm.backward(x, gamma, null, rstd, dY, y));
        refused(b + "mean must be 3 x 1, not 2 x 4", () -> LayerNorm.backward(x, gamma, wrong, rstd, dY, y));
        refused(b + "dY must be 3 x 4, not 2 x 4", () -> LayerNorm.backward(x, gamma, mean, rstd, wrong, y));
        refused(b + "dX must lie apart from dY, not overlapping it", () -> LayerNorm.backward(x, gamma, mean, rstd, dY,
                dY));
        refused("RmsNorm.backward: gamma must be 1 x 4, not 2 x 4", () -> RmsNorm.backward(x, wrong, rstd, dY, y));
        String g = "LayerNorm.parameterGradients: ";
        missing(g + "mean", () -> LayerNorm.parameterGradients(x, null, rstd, dY, gamma, beta));
        missing(g + "dBeta", () -> LayerNorm.parameterGradients(x, mean, rstd, dY, gamma, null));
        refused(g + "dGamma must be 1 x 4, not 2 x 4", () -> LayerNorm.parameterGradients(x, mean, rstd, dY, wrong,
                beta));
        refused(g + "dBeta must be 1 x 4, not 2 x 4", () -> LayerNorm.parameterGradients(x, mean, rstd, dY, gamma,
                wrong));
        refused(g + "dBeta must lie apart from dGamma, not overlapping it", () -> LayerNorm.parameterGradients(x, mean,
                rstd, dY, gamma, gamma));
        refused("RmsNorm.gammaGradient: dY must be 3 x 4, not 2 x 4", () -> RmsNorm.gammaGradient(x, rstd, wrong,
                gamma));
    }

    /** Rows of a batch follow each other, and the optimiser follows a gradient of gamma, without a wait. */
    @Test
    void phases() {
        List<Launch> rowWise = List.of(Arithmetic.scale(2, matrix(3, 4), x), LayerNorm.forward(x, gamma, beta, EPSILON,
                y, mean, rstd), LayerNorm.backward(x, gamma, mean, rstd, y, dY));
        assertEquals(1, new Program(backend, rowWise).phases());
        AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8);
        Matrix dGamma = matrix(1, 4);
        List<Launch> columnWise = List.of(LayerNorm.parameterGradients(x, mean, rstd, dY, dGamma, matrix(1, 4)), Adam
                .update(gamma, dGamma,
                        matrix(1, 4), matrix(1, 4), step, null));
        assertEquals(1, new Program(backend, columnWise).phases());
        assertEquals(2, new Program(backend, List.of(rowWise.get(1), columnWise.get(0))).phases());
    }
}
