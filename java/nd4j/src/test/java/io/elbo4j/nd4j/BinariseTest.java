package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.cpu.CpuLibrary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BinariseTest {
    private static final Noise NOISE = new Noise(42, 5).step(7).firstRow(11);

    @BeforeAll
    static void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    @Test
    void theBitsOfTheJavaBackendInEveryLayout() {
        for (long columns : new long[] {1, 31, 32, 33, 127, 128, 129}) {
            INDArray p = Nd4j.rand(DataType.FLOAT, 37, columns).muli(1.2).subi(0.1);
            float[] expected;
            try (Backend java = Backends.open("java", 1); Matrix m = java.matrix(37, columns)) {
                m.set(p.dup('c').data().asFloat());
                io.elbo4j.operation.Binarise.forward(m, NOISE, m).run();
                expected = m.toArray();
            }
            INDArray target = Nd4j.create(DataType.FLOAT, 37, columns);
            Binarise.forward(p, NOISE, target);
            assertArrayEquals(expected, target.data().asFloat());
            Binarise.forward(p.dup('f'), NOISE, target.assign(-7));
            assertArrayEquals(expected, target.data().asFloat());
            INDArray inPlace = p.dup('c');
            Binarise.forward(inPlace, NOISE, inPlace);
            assertArrayEquals(expected, inPlace.data().asFloat());
        }
    }

    @Test
    void wrongShapesAreRefused() {
        INDArray p = Nd4j.zeros(DataType.FLOAT, 3, 4);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> Binarise.forward(p, NOISE, Nd4j.zeros(DataType.FLOAT, 3, 5)));
        assertEquals("Binarise.forward: target must be 3 x 4, not 3 x 5", e.getMessage());
    }
}
