package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Errors that the emulation of CUDA is told to report: "function=error", see tests/emulation/cuda_runtime.h. */
final class Emulation {
    private Emulation() {}

    /** Where there is neither a GPU nor the emulation; an emulation that is there must load. */
    static void assumeUsable() {
        String problem = CudaLibrary.problem().orElse("");
        assertFalse(!problem.isEmpty() && Files.exists(Path.of(System.getProperty(CudaLibrary.FILE_PROPERTY, "-"))),
                problem);
        assumeTrue(problem.isEmpty(), () -> "skipped: " + problem);
    }

    /** Runs something while those errors are reported. */
    static void failing(String items, Runnable body) throws IOException {
        assumeTrue(CudaLibrary.emulated(), "skipped: a device does not fail when it is told to");
        Path file = Path.of(System.getProperty("elbo4j.cuda.faults"));
        Files.writeString(file, items);
        try {
            body.run();
        } finally {
            Files.delete(file);
        }
    }
}
