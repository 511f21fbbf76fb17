package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.cuda.CudaLibrary;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Copies that take several pieces (of 2^18 floats), of whole arrays and of parts of larger ones. */
class CopyingTest {
    private static final float SENTINEL = -7;

    private Target opened;
    private Target before;

    @AfterEach
    void restore() {
        if (opened != null) {
            Target.replace(before);
        }
    }

    private void choose(String backend) {
        Optional<String> problem = backend.equals("cuda") ? CudaLibrary.problem() : Optional.empty();
        assumeTrue(problem.isEmpty(), () -> "skipped: " + problem.orElse(""));
        opened = Target.of(ExecutionerType.NATIVE_CPU, backend, 0);
        before = Target.replace(opened);
    }

    @ParameterizedTest
    @CsvSource({"java, 1, 1", "java, 1, 262144", "java, 3, 262145", "java, 2, 600000", "java, 4099, 127",
            "java, 262145, 1", "cuda, 2, 262145", "cuda, 257, 1031"})
    void everyElementThereAndBack(String backend, int rows, int columns) {
        choose(backend);
        for (int margin : new int[] {0, 5}) {
            INDArray larger = Nd4j.randn(DataType.FLOAT, rows, columns + 2L * margin);
            INDArray logits = larger.get(NDArrayIndex.all(), NDArrayIndex.interval(margin, margin + columns));
            INDArray results = Nd4j.valueArrayOf(new long[] {rows, columns + 2L * margin}, SENTINEL, DataType.FLOAT);
            INDArray dLogits = results.get(NDArrayIndex.all(), NDArrayIndex.interval(margin, margin + columns));
            INDArray x = Nd4j.rand(DataType.FLOAT, rows, columns);
            INDArray dLogLikelihood = Nd4j.randn(DataType.FLOAT, rows);
            INDArray logLikelihood = Nd4j.create(DataType.FLOAT, rows);
            BernoulliLogLikelihood.fused(logits, x, dLogLikelihood, logLikelihood, dLogits);

            try (Backend java = Backends.open("java", 1)) {
                Matrix expected = java.matrix(rows, columns);
                Matrix expectedPerRow = java.matrix(rows, 1);
                io.elbo4j.operation.BernoulliLogLikelihood.fused(matrix(java, logits, columns),
                        matrix(java, x, columns), matrix(java, dLogLikelihood, 1), expectedPerRow, expected).run();
                assertArrayEquals(expectedPerRow.toArray(), logLikelihood.data().asFloat());
                assertArrayEquals(expected.toArray(), dLogits.dup('c').data().asFloat());
            }
            for (int c = 0; c < margin; c++) {
                assertEquals(SENTINEL, results.getFloat(rows - 1, c));
                assertEquals(SENTINEL, results.getFloat(0, columns + margin + c));
            }
        }
    }

    private static Matrix matrix(Backend backend, INDArray array, int columns) {
        return backend.matrix(array.size(0), columns).set(array.dup('c').data().asFloat());
    }

    /** An array that has one row in memory for all of its rows. */
    @Test
    void aBroadcastRow() {
        choose("java");
        INDArray row = Nd4j.randn(DataType.FLOAT, 1, 5);
        INDArray x = Nd4j.rand(DataType.FLOAT, 7, 5);
        INDArray once = Nd4j.create(DataType.FLOAT, 7);
        INDArray expected = Nd4j.create(DataType.FLOAT, 7);
        BernoulliLogLikelihood.forward(Nd4j.create(row.data(), new long[] {7, 5}, new long[] {0, 1}, 0, 'c'), x, once);
        BernoulliLogLikelihood.forward(Nd4j.tile(row, 7, 1), x, expected);
        assertEquals(expected, once);
    }
}
