package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** After a fatal error no CUDA object of the process works, and closing is silent: in a process of its own. */
class FatalCudaExceptionTest {
    @Test
    void everythingAfterItSaysWhatTheFirstWas() throws Exception {
        Emulation.assumeUsable();
        assumeTrue(CudaLibrary.emulated(), "skipped: a device does not fail when it is told to");
        ProcessBuilder process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "-Delbo4j.cuda.library="
                        + System.getProperty(CudaLibrary.FILE_PROPERTY), FatalCudaExceptionTest.class.getName());
        process.environment().put("ELBO4J_EMULATION_FAULT", "cudaStreamSynchronize=719");
        Process started = process.redirectErrorStream(true).start();
        String said = new String(started.getInputStream().readAllBytes());
        assertEquals(0, started.waitFor(), said);
        assertEquals("done", said.strip());
    }

    public static void main(String[] args) {
        CudaBackend backend = new CudaBackend(0);
        CudaBackend other = new CudaBackend(0);
        CudaEvent event = new CudaEvent(0);
        Matrix m = backend.matrix(2, 2);
        FatalCudaException first = fatal(backend::synchronize);
        require(first.number() == 719 && first.name().equals("cudaErrorLaunchFailure") && first.getCause() == null);
        require(first.remedy().contains("start a new one"));
        for (Runnable call : List.<Runnable>of(backend::synchronize, other::synchronize, m::toArray,
                () -> m.set(1, 2, 3, 4), () -> Rows.fill(1, m).run(), () -> other.matrix(1, 1), () -> other.indices(3),
                event::isDone, () -> new CudaBackend(0), () -> backend.device().freeBytes(),
                () -> other.readback(m.rows(0, 1), 1))) {
            FatalCudaException later = fatal(call);
            require(later.getCause() == first && later.number() == 719);
        }
        m.close();
        event.close();
        backend.close();
        other.close();
        require(Leaks.count() == 0);
        System.out.println("done");
    }

    private static FatalCudaException fatal(Runnable call) {
        try {
            call.run();
        } catch (FatalCudaException e) {
            return e;
        }
        throw new AssertionError("a FatalCudaException was expected");
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
