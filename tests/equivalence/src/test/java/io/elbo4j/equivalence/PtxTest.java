package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cuda.CudaLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The suite on what nvcc makes of the CUDA kernels: their PTX, which {@code tests/emulation/ptx} interprets on the CPU.
 * The texts are all that the library is made of, for Turing, for GPUs from Ampere to Hopper, and from Blackwell
 * on; {@code cmake/CheckCuda.java} has looked through them.
 *
 * <p>It shows that nvcc's compiler keeps the bits, and that some test runs every kernel. It does not show that ptxas or
 * the driver keeps what PTX means, that a GPU does, nor races that no order of the lanes chosen here brings out.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PtxTest {
    private static final Path MADE = Path.of("java/jni/target/native/cuda/check");
    private static final String NONE = "mvn verify -Dnative=cuda makes it, with nvcc; there is no PTX in ";
    private static final List<String> SUITE = List.of("EquivalenceTest#everyBackendGivesTheJavaBackendsBits",
            "ProductsTest", "DenseFunctionsTest", "PartsOfABatchTest", "CudaStepTest",
            "TrainingRunEquivalenceTest#everyBackendEndsInTheGoldenRun", "TrainingsEquivalenceTest");

    @TempDir
    Path directory;

    /** Whether it ended well, and all that it has printed. */
    private record Ended(boolean well, String printed) {}

    private static void assumePtx(String arch) {
        assumeTrue(CudaLibrary.problem().isEmpty() && CudaLibrary.emulated(), "PTX is interpreted by the emulation of"
                + " CUDA, which is not here");
        assumeTrue(Files.isDirectory(made(arch)), NONE + made(arch));
    }

    private static Path made(String arch) {
        return MADE.resolve(arch).resolve("kernels");
    }

    /** For who asks that nothing is left out. */
    static void requirePtx() {
        assertTrue(Files.isDirectory(made("compute_80")),
                "elbo4j.require: 'ptx' is not here: " + NONE + made("compute_80"));
    }

    private Ended run(Path ptx, Path report, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-Xmx2g", "-ea", "-cp", System.getProperty("java.class.path"), "-Delbo4j.backends=cuda"));
        for (String property : List.of("elbo4j.golden", CudaLibrary.FILE_PROPERTY)) {
            command.add("-D" + property + "=" + System.getProperty(property));
        }
        command.addAll(arguments);
        Path printed = Path.of(report + ".printed");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
        builder.environment().putAll(Map.of("ELBO4J_PTX", ptx.toString(), "ELBO4J_PTX_REPORT", report.toString()));
        int status = builder.start().waitFor();
        return new Ended(status == 0, Files.readString(printed));
    }

    /** The texts beside one another: the interpreter has one thread. */
    @TestFactory
    Stream<DynamicTest> theSuiteHasTheSameBits() {
        ExecutorService processes = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        List<DynamicTest> tests = Stream.of("compute_75", "compute_80", "compute_100").map(text -> {
            Future<?> passes = processes.submit(() -> suite(text));
            return DynamicTest.dynamicTest(text, () -> {
                try {
                    passes.get();
                } catch (ExecutionException e) {
                    throw e.getCause();
                }
            });
        }).toList();
        processes.shutdown();
        return tests.stream();
    }

    private Void suite(String text) throws IOException, InterruptedException {
        assumePtx(text);
        Path report = directory.resolve(text + ".txt");
        List<String> suite = new ArrayList<>(List.of(Suite.class.getName()));
        suite.addAll(SUITE);
        Ended ended = run(made(text), report, suite);
        assertTrue(ended.well(), text + ":\n" + ended.printed());
        List<String[]> kernels = Files.readAllLines(report).stream().filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ")).toList();
        assertEquals(List.of(), kernels.stream().filter(words -> words[0].equals("0")).map(words -> words[6])
                .toList(), "kernels that no test runs");
        System.out.println(text + ": the same bits by the PTX of " + kernels.size() + " kernels, "
                + ended.printed().lines().reduce("", (before, line) -> line));
        return null;
    }

    /** An instruction that ptxas may contract, or one that is not exactly rounded. */
    @TestFactory
    Stream<DynamicTest> whatTheContractExcludesIsNamed() {
        return Stream.of("add.rn.f32 add.f32", "mul.rn.f32 mul.ftz.f32", "div.rn.f32 div.approx.f32").map(
                change -> DynamicTest.dynamicTest(change, () -> {
                    assumePtx("compute_80");
                    String[] words = change.split(" ");
                    String text = Files.readString(made("compute_80").resolve("softmax.ptx"));
                    assertTrue(text.contains(words[0]), words[0]);
                    Path folder = Files.createDirectories(directory.resolve(words[1]));
                    Files.writeString(folder.resolve("softmax.ptx"), text.replaceFirst(words[0], words[1]));
                    Ended ended = run(folder, directory.resolve("none.txt"), List.of(Selection.class.getName(),
                            "cuda"));
                    assertTrue(!ended.well() && ended.printed().matches("(?s).*PTX: softmax\\.ptx:\\d+: unknown"
                            + " opcode " + words[1] + ".*"), ended.printed());
                }));
    }
}
