package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.cuda.CudaDevice;
import io.elbo4j.cuda.CudaLibrary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The operations on ND4J's arrays give the bits of the java backend wherever they run, in every layout; wrong arrays
 * are refused.
 */
@ParameterizedClass
@MethodSource("targets")
class OperationsTest {
    private static final long B = 37;
    private static final long D = 21;
    private static final long K = 3;
    private static final int NEWEST_GPU_OF_ND4J = 86;
    private static final Noise NOISE = new Noise(42, 5).step(7).firstRow(11);

    /** What an argument is to an operation. */
    private enum Role { INPUT, OUTPUT, INPUT_PER_ROW, OUTPUT_PER_ROW }

    private record Argument(Role role, long rows, long columns, int seed) {}

    /** An operation twice: on arrays, and on matrices. */
    private record Operation(String name, List<Argument> arguments, Function<INDArray[], Runnable> nd4j,
            Function<Matrix[], Launch> reference) {}

    private static final Backend JAVA = Backends.open("java", 1);

    private static Argument in(long rows, long columns, int seed) {
        return new Argument(Role.INPUT, rows, columns, seed);
    }

    private static Argument out(long rows, long columns) {
        return new Argument(Role.OUTPUT, rows, columns, 0);
    }

    private static Argument inPerRow(long rows) {
        return new Argument(Role.INPUT_PER_ROW, rows, 1, 9);
    }

    private static Argument outPerRow(long rows) {
        return new Argument(Role.OUTPUT_PER_ROW, rows, 1, 0);
    }

    private static final List<Operation> OPERATIONS = List.of(
            new Operation("sample and KL", List.of(in(B, D, 1), in(B, D, 2), out(B, D), outPerRow(B)),
                    a -> () -> GaussianSampleKl.forward(a[0], a[1], NOISE, a[2], a[3]),
                    m -> io.elbo4j.operation.GaussianSampleKl.forward(m[0], m[1], NOISE, m[2], m[3])),
            new Operation("samples and KL to a prior", List.of(in(B, D, 1), in(B, D, 2), in(B, D, 3), in(B, D, 4),
                    out(K * B, D), outPerRow(B)),
                    a -> () -> GaussianSampleKl.forward(a[0], a[1], a[2], a[3], NOISE, a[4], a[5]),
                    m -> io.elbo4j.operation.GaussianSampleKl.forward(m[0], m[1], m[2], m[3], NOISE, m[4], m[5])),
            new Operation("sample and KL to a shared prior", List.of(in(B, D, 1), in(B, D, 2), in(1, D, 3),
                    in(1, D, 4), out(B, D), outPerRow(B)),
                    a -> () -> GaussianSampleKl.forward(a[0], a[1], a[2], a[3], NOISE, a[4], a[5]),
                    m -> io.elbo4j.operation.GaussianSampleKl.forward(m[0], m[1], m[2].repeatRow(B),
                            m[3].repeatRow(B), NOISE, m[4], m[5])),
            new Operation("gradients of sample and KL", List.of(in(B, D, 1), in(B, D, 2), in(K * B, D, 3), inPerRow(B),
                    out(B, D), out(B, D)),
                    a -> () -> GaussianSampleKl.backward(a[0], a[1], NOISE, a[2], a[3], a[4], a[5]),
                    m -> io.elbo4j.operation.GaussianSampleKl.backward(m[0], m[1], NOISE, m[2], m[3], null, m[4],
                            m[5])),
            new Operation("gradients with a prior's", List.of(in(B, D, 1), in(B, D, 2), in(B, D, 3), in(B, D, 4),
                    in(B, D, 5), inPerRow(B), out(B, D), out(B, D), out(B, D), out(B, D)),
                    a -> () -> GaussianSampleKl.backward(a[0], a[1], a[2], a[3], NOISE, a[4], a[5], a[6], a[7], a[8],
                            a[9]),
                    m -> io.elbo4j.operation.GaussianSampleKl.backward(m[0], m[1], m[2], m[3], NOISE, m[4], m[5], null,
                            m[6], m[7], m[8], m[9])),
            new Operation("KL", List.of(in(B, D, 1), in(B, D, 2), in(B, D, 3), in(B, D, 4), outPerRow(B)),
                    a -> () -> GaussianKl.forward(a[0], a[1], a[2], a[3], a[4]),
                    m -> io.elbo4j.operation.GaussianSampleKl.forward(m[0], m[1], m[2], m[3], NOISE,
                            JAVA.matrix(B, D), m[4])),
            new Operation("gradients of KL", List.of(in(B, D, 1), in(B, D, 2), in(1, D, 3), in(1, D, 4), inPerRow(B),
                    out(B, D), out(B, D), out(B, D), out(B, D)),
                    a -> () -> GaussianKl.backward(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]),
                    m -> io.elbo4j.operation.GaussianSampleKl.backward(m[0], m[1], m[2].repeatRow(B),
                            m[3].repeatRow(B), NOISE, JAVA.matrix(B, D), m[4], null, m[5], m[6], m[7], m[8])),
            new Operation("Bernoulli", List.of(in(K * B, D, 1), in(B, D, 2), outPerRow(K * B)),
                    a -> () -> BernoulliLogLikelihood.forward(a[0], a[1], a[2]),
                    m -> io.elbo4j.operation.BernoulliLogLikelihood.forward(m[0], m[1], m[2])),
            new Operation("Bernoulli and gradient", List.of(in(B, D, 1), in(B, D, 2), inPerRow(B), outPerRow(B),
                    out(B, D)),
                    a -> () -> BernoulliLogLikelihood.fused(a[0], a[1], a[2], a[3], a[4]),
                    m -> io.elbo4j.operation.BernoulliLogLikelihood.fused(m[0], m[1], m[2], m[3], m[4])),
            new Operation("Gaussian of shared variance", List.of(in(B, D, 1), in(1, D, 2), in(B, D, 3), outPerRow(B)),
                    a -> () -> GaussianLogLikelihood.forward(a[0], a[1], a[2], a[3]),
                    m -> io.elbo4j.operation.GaussianLogLikelihood.forward(m[0], m[1].repeatRow(B), m[2], m[3])),
            new Operation("Gaussian and gradients", List.of(in(B, D, 1), in(B, D, 2), in(B, D, 3), inPerRow(B),
                    outPerRow(B), out(B, D), out(B, D)),
                    a -> () -> GaussianLogLikelihood.fused(a[0], a[1], a[2], a[3], a[4], a[5], a[6]),
                    m -> io.elbo4j.operation.GaussianLogLikelihood.fused(m[0], m[1], m[2], m[3], m[4], m[5], m[6])));

    /** Where calls run; opened once. */
    private static final class Place {
        private final String name;
        private final Optional<String> problem;
        private final Supplier<Target> target;
        private Target opened;

        Place(String name, Optional<String> problem, Supplier<Target> target) {
            this.name = name;
            this.problem = problem;
            this.target = target;
        }

        Target open() {
            assumeTrue(problem.isEmpty(), () -> "skipped: " + problem.orElse(""));
            if (opened == null) {
                opened = target.get();
            }
            return opened;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Place> targets() {
        Optional<String> nativeOnly = nd4jCuda() ? Optional.of("ND4J's arrays are on a GPU") : Optional.empty();
        return List.of(new Place("in place by cpu", nativeOnly.or(CpuLibrary::problem), () -> open("cpu")),
                new Place("copied to java", nativeOnly, () -> open("java")),
                new Place("copied to cuda", nativeOnly.or(CudaLibrary::problem), () -> open("cuda")),
                new Place("in place on ND4J's CUDA backend, a fake", nativeOnly.or(CudaLibrary::problem),
                        () -> new FakeNd4jCuda().target()),
                new Place("in place on ND4J's CUDA backend", noNd4jCuda(), () -> open(null)));
    }

    private static boolean nd4jCuda() {
        return OperationsTest.class.getResource("/org/nd4j/linalg/jcublas/JCublasBackend.class") != null;
    }

    /** Known without ND4J, which begins with a kernel that fails where it has no code for the GPU. */
    private static Optional<String> noNd4jCuda() {
        if (!nd4jCuda()) {
            return Optional.of("nd4j-cuda is not on the class path: mvn -Pnd4j-cuda brings it, for GPUs of compute"
                    + " capability 7.5 to 8.6");
        }
        return CudaLibrary.problem().or(() -> {
            CudaDevice device = CudaLibrary.device(0);
            return device.major() * 10 + device.minor() <= NEWEST_GPU_OF_ND4J ? Optional.empty()
                    : Optional.of("ND4J's CUDA backend has no code for " + device.description());
        });
    }

    private static Target open(String backend) {
        return Target.of(Nd4j.getExecutioner().type(), backend, 0);
    }

    @Parameter
    private Place place;
    private Target opened;
    private Target before;

    @BeforeEach
    void choose() {
        opened = place.open();
        before = Target.replace(opened);
    }

    @AfterEach
    void restore() {
        if (opened != null) {
            Target.replace(before);
        }
    }

    private static float[] values(Argument a) {
        float[] values = new float[(int) (a.rows() * a.columns())];
        java.util.Random random = new java.util.Random(a.seed());
        for (int i = 0; i < values.length; i++) {
            values[i] = a.role() == Role.INPUT || a.role() == Role.INPUT_PER_ROW ? (float) random.nextGaussian() : -7;
        }
        return values;
    }

    private static boolean perRow(Argument a) {
        return a.role() == Role.INPUT_PER_ROW || a.role() == Role.OUTPUT_PER_ROW;
    }

    private static boolean isOutput(Argument a) {
        return a.role() == Role.OUTPUT || a.role() == Role.OUTPUT_PER_ROW;
    }

    private static INDArray array(Argument a) {
        return Nd4j.createFromArray(values(a)).reshape('c', a.rows(), a.columns());
    }

    /** The same elements as a part of a larger array: rows and columns from 3 on. */
    private static INDArray part(INDArray array) {
        INDArray larger = Nd4j.valueArrayOf(new long[] {array.rows() + 5, array.columns() + 9}, -3f, DataType.FLOAT);
        INDArray part = larger.get(NDArrayIndex.interval(3, 3 + array.rows()),
                NDArrayIndex.interval(3, 3 + array.columns()));
        return part.assign(array);
    }

    private static void assertBits(Operation o, UnaryOperator<INDArray> inputs, UnaryOperator<INDArray> outputs,
            UnaryOperator<INDArray> numbersPerRow) {
        List<Argument> arguments = o.arguments();
        INDArray[] arrays = new INDArray[arguments.size()];
        Matrix[] matrices = new Matrix[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            Argument a = arguments.get(i);
            INDArray array = array(a);
            arrays[i] = perRow(a) ? numbersPerRow.apply(array) : isOutput(a) ? outputs.apply(array)
                    : inputs.apply(array);
            matrices[i] = JAVA.matrix(a.rows(), a.columns()).set(values(a));
        }
        o.nd4j().apply(arrays).run();
        o.reference().apply(matrices).run();
        for (int i = 0; i < arrays.length; i++) {
            assertArrayEquals(bits(matrices[i].toArray()), bits(arrays[i].dup('c').data().asFloat()),
                    o.name() + ", argument " + i);
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
        return bits;
    }

    @Test
    void sameBitsAsTheJavaBackendInEveryLayout() {
        UnaryOperator<INDArray> same = a -> a;
        for (Operation o : OPERATIONS) {
            assertBits(o, same, same, same);
            assertBits(o, same, same, a -> a.reshape(a.length()));
            assertBits(o, OperationsTest::part, OperationsTest::part, same);
            assertBits(o, a -> a.dup('f'), same, same);
            assertBits(o, a -> a.transpose().dup('c').transpose(), OperationsTest::part, same);
            assertBits(o, a -> a.reshape('c', a.rows(), 1, 3, a.columns() / 3), same, same);
        }
    }

    @Test
    void numbersPerRowThatAreColumnsAreReadButNotWritten() {
        INDArray logits = Nd4j.ones(DataType.FLOAT, 4, 2);
        INDArray dLogits = Nd4j.create(DataType.FLOAT, 4, 2);
        INDArray many = Nd4j.ones(DataType.FLOAT, 4, 3);
        BernoulliLogLikelihood.fused(logits, logits, many.getColumn(1, true), Nd4j.create(DataType.FLOAT, 4), dLogits);
        assertEquals((float) (1 - 1 / (1 + Math.exp(-1))), dLogits.getFloat(3, 1), 1e-6);
        assertRefused("logLikelihood must be contiguous (row stride 1), not of row stride 3",
                () -> BernoulliLogLikelihood.forward(logits, logits, many.getColumn(1, true)));
    }

    @Test
    void whatLiesAroundAViewIsNotTouched() {
        INDArray larger = Nd4j.valueArrayOf(new long[] {6, 9}, -3f, DataType.FLOAT);
        INDArray z = larger.get(NDArrayIndex.interval(1, 5), NDArrayIndex.interval(2, 7)).assign(0);
        INDArray zeros = Nd4j.create(DataType.FLOAT, 4, 5);
        GaussianSampleKl.forward(zeros, zeros, NOISE, z, Nd4j.create(DataType.FLOAT, 4));
        for (int r = 0; r < 6; r++) {
            for (int c = 0; c < 9; c++) {
                boolean inside = r >= 1 && r < 5 && c >= 2 && c < 7;
                assertEquals(!inside, larger.getFloat(r, c) == -3f, r + ", " + c);
            }
        }
    }

    @Test
    void emptyBatches() {
        INDArray none = Nd4j.create(DataType.FLOAT, 0, 5);
        BernoulliLogLikelihood.forward(none, none, Nd4j.create(DataType.FLOAT, 0));
    }

    private static void assertRefused(String sentence, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(sentence), message);
    }

    @Test
    void wrongArraysAreRefusedWithASentence() {
        INDArray x = Nd4j.create(DataType.FLOAT, 4, 2);
        INDArray y = Nd4j.create(DataType.FLOAT, 4, 2);
        INDArray perRow = Nd4j.create(DataType.FLOAT, 4);
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT32}) {
            assertRefused("BernoulliLogLikelihood.forward: x must be of FLOAT, not " + type + ": castTo",
                    () -> BernoulliLogLikelihood.forward(x, x.castTo(type), perRow));
        }
        assertRefused("logLikelihood must be of FLOAT, not DOUBLE",
                () -> BernoulliLogLikelihood.forward(x, x, perRow.castTo(DataType.DOUBLE)));
        assertRefused("GaussianSampleKl.forward: z must lie row after row in memory ('c' order), as it is written to in"
                + " place, not in 'f' order with strides [1, 4] for the shape [4, 2]",
                () -> GaussianSampleKl.forward(x, x, NOISE, y.dup('f'), perRow));
        assertRefused("mean must have a rank of at least 2 (rows x columns), not the shape [4]",
                () -> GaussianSampleKl.forward(perRow, x, NOISE, y, perRow));
        assertRefused("kl must have one number per row, a shape of [B] or [B, 1], not [1, 4, 1]",
                () -> GaussianSampleKl.forward(x, x, NOISE, y, perRow.reshape(1, 4, 1)));
        assertRefused("kl must be 4 x 1, not 1 x 4",
                () -> GaussianSampleKl.forward(x, x, NOISE, y, perRow.reshape(1, 4)));
        assertRefused("logVariance must be 4 x 2, not 3 x 2",
                () -> GaussianSampleKl.forward(x, Nd4j.create(DataType.FLOAT, 3, 2), NOISE, y, perRow));
        assertRefused("logVariance must be 4 x 2, not 2 x 2", () -> GaussianLogLikelihood.forward(x,
                Nd4j.create(DataType.FLOAT, 2, 2), y, perRow));
        String message = assertThrows(NullPointerException.class,
                () -> GaussianSampleKl.forward(x, x, NOISE, null, perRow)).getMessage();
        assertTrue(message.contains("z must be given, not null"), message);
        assertThrows(NullPointerException.class, () -> GaussianKl.forward(null, x, null, null, perRow));
        INDArray closed = Nd4j.create(DataType.FLOAT, 4, 2);
        closed.close();
        assertRefused("x must be open, not closed", () -> BernoulliLogLikelihood.forward(x, closed, perRow));
    }

    @Test
    void outputsThatOverlapAreRefusedWhicheverViewTheyAre() {
        INDArray all = Nd4j.create(DataType.FLOAT, 8, 4);
        INDArray mean = all.get(NDArrayIndex.interval(0, 5), NDArrayIndex.interval(0, 2));
        INDArray logVariance = Nd4j.create(DataType.FLOAT, 5, 2);
        INDArray kl = Nd4j.create(DataType.FLOAT, 5);
        assertRefused("z must lie apart from mean, not overlapping it", () -> GaussianSampleKl.forward(mean,
                logVariance, NOISE, all.get(NDArrayIndex.interval(3, 8), NDArrayIndex.interval(1, 3)), kl));
        GaussianSampleKl.forward(mean, logVariance, NOISE, all.get(NDArrayIndex.interval(3, 8),
                NDArrayIndex.interval(2, 4)), kl);
    }

    @Test
    void insideAWorkspaceAndNotAfterIt() {
        INDArray perRow = Nd4j.create(DataType.FLOAT, 4);
        INDArray kept;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("elbo4j-test")) {
            kept = Nd4j.ones(DataType.FLOAT, 4, 2);
            assertTrue(kept.isAttached() && workspace.isScopeActive());
            BernoulliLogLikelihood.forward(kept, kept.dup('f'), perRow);
        }
        assertEquals(2 * (1 - Math.log1p(Math.E)), perRow.getDouble(0), 1e-6);
        assertRefused("x must be used inside its workspace, not after it: detach()",
                () -> BernoulliLogLikelihood.forward(Nd4j.ones(DataType.FLOAT, 4, 2), kept, perRow));
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }

    @Test
    void severalThreadsTakeTurns() throws Exception {
        INDArray mean = Nd4j.randn(DataType.FLOAT, 512, 64);
        INDArray expected = Nd4j.create(DataType.FLOAT, 512, 64);
        INDArray kl = Nd4j.create(DataType.FLOAT, 512);
        GaussianSampleKl.forward(mean, mean, NOISE, expected, kl);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        INDArray z = Nd4j.createUninitialized(DataType.FLOAT, 512, 64);
                        INDArray mine = Nd4j.createUninitialized(DataType.FLOAT, 512);
                        GaussianSampleKl.forward(mean, mean, NOISE, z, mine);
                        assertEquals(expected, z);
                        assertEquals(kl, mine);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
    }
}
