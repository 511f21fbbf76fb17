package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is computed in Java on every backend is refused in a thread in which native code has changed the rounding. */
class FloatingPointTest {
    private static final int UP = 0x1f80 | 2 << 13;
    private static final Images IMAGES = Sprites.images(3, 20);
    private static final Vae VAE = new Vae(new VaeSettings(IMAGES.columns(), List.of(5), 2, Activation.RELU,
            LikelihoodKind.BERNOULLI, 1, false));

    @TempDir
    static Path directory;

    /** Sets the register of x86-64 that governs all arithmetic of this thread, and returns what it was. */
    private static native int control(int mxcsr);

    private static void compile() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "skipped: needs an x86-64 processor");
        Path source = Files.writeString(directory.resolve("control.c"), """
                #include <xmmintrin.h>
                int Java_io_elbo4j_train_FloatingPointTest_control(void* env, void* type, int mxcsr) {
                  int before = _mm_getcsr();
                  _mm_setcsr(mxcsr);
                  return before;
                }
                """);
        Path library = directory.resolve("libcontrol.so");
        try {
            Process cc = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                    .inheritIO().start();
            assertEquals(0, cc.waitFor(), "cc failed");
        } catch (IOException noCompiler) {
            assumeTrue(false, "skipped: needs a C compiler, cc (" + noCompiler.getMessage() + ")");
        }
        System.load(library.toString());
    }

    private static void assertRefused(Executable task) {
        int before = control(UP);
        Throwable refused;
        try {
            refused = assertThrows(IllegalStateException.class, task);
        } finally {
            control(before);
        }
        assertTrue(refused.getMessage().contains("rounds upwards, which would give other bits"), refused.getMessage());
    }

    /** On the cpu backend, whose kernels do not mind. */
    @Test
    void lossesAndStandardisedDataAreRefused() throws IOException, InterruptedException {
        assumeTrue(Backends.hasCpuLevel(0), "skipped: needs the native library");
        compile();
        try (Backend b = Backends.open("cpu", 1);
                Parameters parameters = new Parameters(b, VAE.graph().parameters(), 3);
                Resident data = new Resident(b, IMAGES, VAE, Standardisation.NONE);
                Step step = Step.of(VAE.graph(), parameters, b).rows(20).seed(3).read(data.source()).evaluate(
                        new Elbo())
                        .compile()) {
            step.run(1);
            assertRefused(() -> step.run(1));
            assertRefused(() -> new Resident(b, IMAGES, VAE, Standardisation.NONE).close());
        }
    }
}
