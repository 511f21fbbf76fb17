package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** tests/emulation/self_test.cu: that the emulation means what CUDA means, and finds the mistakes it is there for. */
class EmulationSelfTest {
    @ParameterizedTest
    @ValueSource(strings = {"emulation", "sanitized"})
    void theEmulationPassesItsOwnTest(String build) throws IOException, InterruptedException {
        Path library = Path.of(System.getProperty(CudaLibrary.FILE_PROPERTY, "-"));
        Path built = library.resolve("../../" + build).normalize();
        assumeTrue(Files.exists(built.resolve(library.getFileName())), "skipped: it could not be built here");
        ProcessBuilder builder = new ProcessBuilder(built.resolve("cmake/elbo4j_emulation_self_test").toString())
                .redirectErrorStream(true);
        builder.environment().remove("ELBO4J_EMULATION_FAULT");
        builder.environment().put("ASAN_OPTIONS", "detect_leaks=0");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }
}
