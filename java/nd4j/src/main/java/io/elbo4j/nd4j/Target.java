package io.elbo4j.nd4j;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.cpu.CpuBackend;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where calls run, and how kernels come by the memory of ND4J's arrays. There is one in a process: operations of
 * SameDiff are made by ND4J, which has no backend to hand them, so it is nobody's to open or close. Callers take turns,
 * each with all of its threads, which sleep when there is no work.
 */
abstract class Target {
    /** A backend of {@link Backends#open}, for the arrays of nd4j-native. */
    static final String BACKEND_PROPERTY = "elbo4j.nd4j.backend";
    /** How many threads work, the caller among them; 0, the default, for all processors. */
    static final String THREADS_PROPERTY = "elbo4j.nd4j.threads";

    private static Target current;

    /** @param launch made of the matrices of the call's arguments, which it has while this runs */
    abstract void run(Call call, Supplier<Launch> launch);

    static synchronized Target current() {
        if (current == null) {
            current = of(Nd4j.getExecutioner().type(), System.getProperty(BACKEND_PROPERTY),
                    threads(System.getProperty(THREADS_PROPERTY, "0")));
        }
        return current;
    }

    static int threads(String asked) {
        if (!asked.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException(THREADS_PROPERTY + " must be the number of threads, or 0 for as many as"
                    + " there are processors, not '" + asked + "'");
        }
        return Integer.parseInt(asked);
    }

    /** @return what was in its place; null: what the properties say, when it is next asked for */
    static synchronized Target replace(Target target) {
        Target before = current;
        current = target;
        return before;
    }

    /** @param asked null: in place, where ND4J has its arrays */
    static Target of(ExecutionerType nd4j, String asked, int threads) {
        if (nd4j == ExecutionerType.CUDA) {
            if (asked != null && !asked.equals("cuda")) {
                throw new IllegalArgumentException(BACKEND_PROPERTY + " must be cuda or not be set, not '" + asked
                        + "': ND4J has its arrays on a GPU (nd4j-cuda), and calls run there");
            }
            return new OnNd4jCuda(new Nd4jAllocator());
        }
        Backend backend = open(asked == null ? "cpu" : asked, threads);
        return backend instanceof CpuBackend cpu ? new InPlace(cpu) : new Copying(backend);
    }

    private static Backend open(String name, int threads) {
        try {
            return Backends.open(name, threads);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new IllegalStateException("ND4J's arrays cannot be worked on: " + e.getMessage() + ". The system"
                    + " property " + BACKEND_PROPERTY + " chooses another: cpu (the default), cuda, or java, which"
                    + " runs anywhere", e);
        }
    }
}
