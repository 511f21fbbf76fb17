package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.cuda.CudaLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/** Which backend works on the arrays, and what is said where it cannot. */
class TargetTest {
    private static void assertSays(String sentence, Class<? extends Exception> type, Executable call) {
        String message = assertThrows(type, call).getMessage();
        assertTrue(message.contains(sentence), message);
    }

    @Test
    void anUnknownBackendIsNamed() {
        assertSays("ND4J's arrays cannot be worked on: backend must be auto, java, cpu, cuda or cuda:N, not 'gpu'. The"
                + " system property elbo4j.nd4j.backend", IllegalStateException.class,
                () -> Target.of(ExecutionerType.NATIVE_CPU, "gpu", 0));
    }

    @Test
    void threadsAreANumber() {
        assertEquals(2, Target.threads("2"));
        for (String wrong : new String[] {"abc", "-1", "1.5", ""}) {
            assertSays(
                    "elbo4j.nd4j.threads must be the number of threads, or 0 for as many as there are processors, not"
                            + " '" + wrong + "'", IllegalArgumentException.class, () -> Target.threads(wrong));
        }
    }

    @Test
    void arraysOnAGpuStayThere() {
        assertSays("elbo4j.nd4j.backend must be cuda or not be set, not 'java': ND4J has its arrays on a GPU",
                IllegalArgumentException.class, () -> Target.of(ExecutionerType.CUDA, "java", 0));
    }

    /** These tests have nd4j-cuda not on the class path, as most who use this module. */
    @Test
    void classesOfNd4jCudaAreLoadedWhereNd4jRunsOnItAlone() {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.nd4j.jita.allocator.impl.AtomicAllocator"));
        assertThrows(NoClassDefFoundError.class, () -> Target.of(ExecutionerType.CUDA, null, 0));
        assertEquals(ExecutionerType.NATIVE_CPU, Nd4j.getExecutioner().type());
    }

    @Test
    void withoutAUsableGpuTheReasonIsSaid() throws Exception {
        List<String> lines = runWith("cuda");
        String reason = "backend cuda is not available: elbo4j.cuda.library names /no/such/library, which cannot be"
                + " read";
        assertEquals(List.of(
                "ND4J's arrays cannot be worked on: " + reason + ". The system property elbo4j.nd4j.backend chooses"
                        + " another: cpu (the default), cuda, or java, which runs anywhere",
                "elbo4j cannot work on the arrays of ND4J's CUDA backend: " + reason + ". It can on those of"
                        + " nd4j-native: take that on the class path instead of nd4j-cuda"), lines);
    }

    @Test
    void thePropertyChooses() throws Exception {
        assertEquals(List.of("copies to java"), runWith("java").subList(0, 1));
    }

    /** What {@link Calls} say in a JVM of their own, in which elbo4j's CUDA library does not load. */
    private static List<String> runWith(String backend) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g", "-cp", System.getProperty("java.class.path"),
                "-D" + CudaLibrary.FILE_PROPERTY + "=/no/such/library", "-D" + Target.BACKEND_PROPERTY + "=" + backend,
                Calls.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out.lines().filter(line -> line.startsWith(Calls.MARK))
                .map(line -> line.substring(Calls.MARK.length())).toList();
    }

    /** Calls once as the properties say, and once as where ND4J had its arrays on a GPU. */
    static final class Calls {
        static final String MARK = "> ";

        private Calls() {}

        public static void main(String[] args) {
            INDArray x = Nd4j.ones(DataType.FLOAT, 3, 2);
            say(() -> BernoulliLogLikelihood.forward(x, x, Nd4j.create(DataType.FLOAT, 3)));
            Target.replace(new OnNd4jCuda(new NothingQueued()));
            say(() -> BernoulliLogLikelihood.forward(x, x, Nd4j.create(DataType.FLOAT, 3)));
        }

        private static void say(Runnable call) {
            String said;
            try {
                call.run();
                said = Target.current().toString();
            } catch (IllegalStateException e) {
                said = e.getMessage();
            }
            System.out.println(MARK + said);
        }
    }

    /** ND4J's CUDA backend before its first array. */
    private static final class NothingQueued implements Nd4jCuda {
        @Override
        public int device() {
            return 0;
        }

        @Override
        public void commit() {
            // nothing is queued
        }

        @Override
        public void prepare(INDArray... arrays) {
            throw new AssertionError("elbo4j has no device");
        }

        @Override
        public Pointer stream() {
            return new Pointer();
        }

        @Override
        public Pointer address(INDArray array) {
            throw new AssertionError("elbo4j has no device");
        }

        @Override
        public void register(INDArray written, INDArray... read) {
            throw new AssertionError("elbo4j has no device");
        }
    }
}
