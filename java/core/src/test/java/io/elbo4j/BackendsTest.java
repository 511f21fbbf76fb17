package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.cuda.CudaLibrary;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BackendsTest {
    @AfterEach
    void forgetTheLevel() {
        System.clearProperty(Backends.LEVEL_PROPERTY);
    }

    private static void says(Class<? extends Exception> type, String expected, Executable action) {
        String message = assertThrows(type, action).getMessage();
        assertTrue(message.contains(expected), () -> "'" + message + "' should contain '" + expected + "'");
    }

    private static void assumeCpu() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    @Test
    void namesAndThreadsAreChecked() {
        for (String unknown : List.of("gpu", "cuda:", "cuda:x", "cuda:-1", "CUDA")) {
            says(IllegalArgumentException.class, "backend must be auto, java, cpu, cuda or cuda:N, not '" + unknown
                    + "'", () -> Backends.open(unknown, 1));
        }
        says(IllegalArgumentException.class, "threads must be from 0 (all processors) to 1024, not -1",
                () -> Backends.open("java", -1));
        says(IllegalArgumentException.class, "threads must be from 1 to 1024, not 100000",
                () -> Backends.open("java", 100_000));
    }

    @Test
    void aMissingNameIsSaid() {
        says(NullPointerException.class, "backend must be a name", () -> Backends.open(null, 0));
    }

    /** As where somebody has put the jar of elbo4j-core alone on the class path. */
    @Test
    void withoutJavacppTheReasonIsSaid() throws Exception {
        URL[] alone = {Backends.class.getProtectionDomain().getCodeSource().getLocation()};
        try (URLClassLoader loader = new URLClassLoader(alone, ClassLoader.getPlatformClassLoader())) {
            Class<?> backends = loader.loadClass(Backends.class.getName());
            Throwable open = assertThrows(InvocationTargetException.class,
                    () -> backends.getMethod("open", String.class, int.class).invoke(null, "cpu", 1)).getCause();
            Throwable openCpu = assertThrows(InvocationTargetException.class,
                    () -> backends.getMethod("openCpu", int.class, int.class).invoke(null, 3, 1)).getCause();
            for (Throwable t : new Throwable[] {open, openCpu}) {
                assertEquals(IllegalStateException.class, t.getClass(), t.toString());
                assertTrue(t.getMessage().startsWith("backend cpu is not available: javacpp.jar is not on the class"
                        + " path"), t.getMessage());
            }
        }
    }

    @Test
    void zeroThreadsAreAllProcessors() {
        try (Backend b = Backends.open("java", 0)) {
            assertEquals(Runtime.getRuntime().availableProcessors(), b.threads());
        }
    }

    @Test
    void statusesSayWhatRunsOrWhyNot() {
        List<Backends.Status> all = Backends.statuses();
        String names = all.stream().map(Backends.Status::name).collect(Collectors.joining(" "));
        assertTrue(names.matches("cuda(:0( cuda:\\d+)*)? cpu java"), names);
        for (Backends.Status s : all) {
            assertFalse(s.detail().isBlank(), s.name());
            if (s.available()) {
                try (Backend b = Backends.open(s.name(), 1)) {
                    assertEquals(s.name().replaceFirst(":.*", ""), b.name());
                    assertEquals(s.detail(), b.description());
                }
            } else {
                String message = assertThrows(IllegalStateException.class, () -> Backends.open(s.name(), 1))
                        .getMessage();
                assertTrue(s.detail().endsWith(message.substring(message.indexOf(": ") + 2)), message);
            }
        }
    }

    @Test
    void autoIsTheFirstAvailable() {
        try (Backend b = Backends.open("auto", 1)) {
            boolean gpu = CudaLibrary.problem().isEmpty() && !CudaLibrary.emulated();
            assertEquals(gpu ? "cuda" : CpuLibrary.problem().isEmpty() ? "cpu" : "java", b.name());
        }
    }

    @Test
    void withoutTheLibraryTheReasonIsSaid() {
        assumeTrue(CpuLibrary.problem().isPresent(), "skipped: the native library is here");
        says(IllegalStateException.class, "backend cpu is not available: ", () -> Backends.open("cpu", 1));
        says(IllegalStateException.class, CpuLibrary.problem().get(), () -> Backends.openCpu(0, 1));
        assertFalse(Backends.hasCpuLevel(0));
    }

    @Test
    void aLevelCanBeCapped() {
        assumeCpu();
        for (String level : List.of("generic", "v2", "v3", "v4")) {
            int number = level.equals("generic") ? 0 : level.charAt(1) - '0';
            System.setProperty(Backends.LEVEL_PROPERTY, level);
            if (Backends.hasCpuLevel(number)) {
                try (Backend b = Backends.open("cpu", 1)) {
                    assertTrue(b.description().contains(level), b.description());
                }
            } else {
                says(IllegalArgumentException.class, "elbo4j.cpu.level must be a level that this processor and"
                        + " this build of the library have (generic",
                        () -> Backends.open("cpu", 1));
            }
        }
    }

    @Test
    void anUnknownLevelIsRefused() {
        assumeCpu();
        System.setProperty(Backends.LEVEL_PROPERTY, "avx2");
        says(IllegalArgumentException.class, "elbo4j.cpu.level must be generic, v2, v3 or v4, not 'avx2'",
                () -> Backends.open("cpu", 1));
        Backends.Status cpu = Backends.statuses().stream().filter(s -> s.name().equals("cpu")).findFirst()
                .orElseThrow();
        assertFalse(cpu.available());
        assertTrue(cpu.detail().contains("avx2"), cpu.detail());
        says(IllegalArgumentException.class, "not 1", () -> Backends.openCpu(1, 1));
        says(IllegalArgumentException.class, "not 5", () -> Backends.openCpu(5, 1));
    }
}
