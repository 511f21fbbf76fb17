package io.elbo4j.nd4j;

import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.cpu.CpuBackend;
import java.util.function.Function;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The one cpu backend of this process that works on ND4J's memory. Operations of SameDiff are made by ND4J, which has
 * no backend to hand them, so it is nobody's to open or close; its threads sleep when there is no work, and end with
 * the process. A backend is for one thread at a time: callers take turns, each with all of its threads.
 */
final class Host {
    /** How many threads work, the caller among them; 0, the default, for all processors. */
    static final String THREADS_PROPERTY = "elbo4j.nd4j.threads";

    private static CpuBackend backend;
    private static Matrix scratch;

    private Host() { }

    /** @param launch what to run, made and run while no other thread uses the backend */
    static synchronized void run(Function<CpuBackend, Launch> launch) {
        launch.apply(backend()).run();
    }

    private static CpuBackend backend() {
        if (backend == null) {
            ExecutionerType nd4j = Nd4j.getExecutioner().type();
            if (nd4j != ExecutionerType.NATIVE_CPU) {
                throw new IllegalStateException("elbo4j works on arrays of ND4J's CPU backend (nd4j-native) only, not"
                        + " yet on those of " + nd4j + ": take nd4j-native instead on the class path");
            }
            backend = (CpuBackend) Backends.open("cpu", Integer.getInteger(THREADS_PROPERTY, 0));
        }
        return backend;
    }

    /** Room for results that nobody asked for; inside {@link #run} only. It grows to the largest that was needed. */
    static Matrix scratch(long rows, long columns) {
        if (scratch == null || scratch.columns() < rows * columns) {
            if (scratch != null) {
                scratch.close();
            }
            scratch = backend.matrix(1, rows * columns);
        }
        return Matrix.view(scratch.storage(), 0, rows, columns, columns);
    }
}
