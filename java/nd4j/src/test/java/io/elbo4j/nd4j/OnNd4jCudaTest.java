package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.cuda.CudaBackend;
import io.elbo4j.cuda.CudaLibrary;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What ND4J's CUDA backend is asked for and told, in which order; {@link OperationsTest} looks at the results. */
class OnNd4jCudaTest {
    private final INDArray mean = Nd4j.create(DataType.FLOAT, 3, 4);
    private final INDArray logVariance = Nd4j.create(DataType.FLOAT, 3, 4);
    private final INDArray kl = Nd4j.create(DataType.FLOAT, 3);
    private FakeNd4jCuda nd4j;
    private Target before;

    @BeforeEach
    void choose() {
        assumeTrue(CudaLibrary.problem().isEmpty(), () -> "skipped: " + CudaLibrary.problem().orElse(""));
        nd4j = new FakeNd4jCuda();
        before = Target.replace(new OnNd4jCuda(nd4j));
    }

    @AfterEach
    void restore() {
        if (nd4j != null) {
            Target.replace(before);
            nd4j.readOnHost();
            nd4j.close();
        }
    }

    @Test
    void theSequenceIsNd4jsOwn() {
        INDArray z = Nd4j.create(DataType.FLOAT, 5, 4).get(NDArrayIndex.interval(1, 4));
        GaussianSampleKl.forward(mean, logVariance, new Noise(42, 5), z, kl);
        assertEquals(List.of("commit",
                // a view is an output and prepared all the same: it is a part of a buffer
                "prepare [3, 4], [3, 4], [3, 4] view, [3]",
                "register [3, 4] view <- [3, 4], [3, 4]",
                "register [3] <- [3, 4], [3, 4]"), nd4j.log);
    }

    @Test
    void theHostsCopyIsOldUntilNd4jReadsItsOwn() {
        INDArray ones = Nd4j.ones(DataType.FLOAT, 3, 4);
        BernoulliLogLikelihood.forward(ones, ones, kl);
        assertEquals(0, kl.getFloat(2));
        nd4j.readOnHost();
        assertEquals(4 * (1 - Math.log1p(Math.E)), kl.getDouble(2), 1e-6);
    }

    @Test
    void emptyArraysAreNotPassedOn() {
        INDArray none = Nd4j.create(DataType.FLOAT, 0, 4);
        BernoulliLogLikelihood.forward(none, none, Nd4j.create(DataType.FLOAT, 0));
        assertEquals(List.of("commit", "prepare "), nd4j.log);
    }

    @Test
    void kernelsRunOnTheStreamAndTheMemoryOfNd4j() {
        Call call = new Call("test");
        Call.Argument a = call.input("mean", mean);
        call.output("logVariance", logVariance);
        call.run(() -> {
            Matrix m = a.matrix();
            assertEquals(nd4j.stream().address(), ((CudaBackend) m.backend()).stream().pointer().address());
            assertNotEquals(0, nd4j.stream().address());
            assertEquals(nd4j.address(mean).address(), ((Pointer) m.address()).address());
            assertNotEquals(mean.data().addressPointer().address(), ((Pointer) m.address()).address());
            return Launch.of("test", m.backend(), 0);
        });
    }

    @Test
    void aKernelThatFailsMayHaveWritten() {
        Call call = new Call("test");
        Call.Argument a = call.input("mean", mean);
        call.outputPerRow("kl", kl);
        Exception thrown = assertThrows(IllegalStateException.class, () -> call.run(
                () -> Launch.of("test", a.matrix().backend(), 1).body((begin, end) -> {
                    throw new IllegalStateException("no kernel");
                })));
        assertEquals("no kernel", thrown.getMessage());
        assertEquals(List.of("commit", "prepare [3, 4], [3]", "register [3] <- [3, 4]"), nd4j.log);
    }

    @Test
    void whatIsRefusedHasWrittenNothing() {
        assertThrows(IllegalArgumentException.class, () -> GaussianSampleKl.forward(mean, logVariance,
                new Noise(42, 5), mean, kl));
        assertEquals(List.of("commit", "prepare [3, 4], [3, 4], [3, 4], [3]"), nd4j.log);
        String message = assertThrows(IllegalArgumentException.class, () -> BernoulliLogLikelihood.forward(
                mean.castTo(DataType.FLOAT16), logVariance, kl)).getMessage();
        assertTrue(message.contains("logits must be of FLOAT, not HALF"), message);
        assertEquals(2, nd4j.log.size(), "asked again");
    }
}
