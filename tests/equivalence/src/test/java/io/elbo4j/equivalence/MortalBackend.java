package io.elbo4j.equivalence;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.operation.Rows;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A backend that is closed while others run its program, which adds one to every element. */
final class MortalBackend {
    private final Backend backend;
    private final Matrix sum;
    private final Program program;
    private final AtomicLong runs = new AtomicLong();

    MortalBackend(String name) {
        backend = Backends.open(name, 2);
        Matrix one = backend.matrix(1_000, 48);
        sum = backend.matrix(1_000, 48);
        Rows.fill(1, one).run();
        program = new Program(backend, List.of(Rows.add(one, sum)));
    }

    /** @throws IllegalStateException once it is closed, and then it has not run */
    void run() {
        program.run();
        runs.incrementAndGet();
    }

    /** Closes it: every run that was not refused must be in every element. */
    void bury() {
        backend.close();
        float[] sums = sum.toArray();
        // a thread counts its run a little after it
        for (int i = 0; i < 1_000 && runs.get() < (long) sums[0]; i++) {
            sleep();
        }
        for (float s : sums) {
            if (s != runs.get()) {
                throw new AssertionError("a backend that was closed: " + s + " instead of " + runs.get() + " runs");
            }
        }
        program.close();
        sum.close();
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
