package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.optimiser.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Buffers that are never needed at the same time share memory, and no bit changes for it. */
class MemoryTest {
    private static final int X = 40;

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);

    /** A layer that is applied many times, and so many layers in front of it. */
    private Value deep(int layers, int applications, int units) {
        Value h = x;
        for (int i = 0; i < layers; i++) {
            h = Dense.of("encoder." + i, h, units, Activation.RELU);
        }
        Dense again = new Dense("again", h.columns(), units, Activation.TANH);
        for (int i = 0; i < applications; i++) {
            h = again.apply(h);
        }
        return h;
    }

    private Value vae(Value h) {
        Value z = g.latent("z", DiagonalGaussian.of("q", h, 8));
        Value d = Dense.of("decoder", z, 30, Activation.RELU);
        g.observe("o", new Bernoulli(Dense.of("logits", d, X, Activation.IDENTITY)), x);
        return z;
    }

    private StepBuilder step(Backend backend, Parameters parameters, int rows) {
        return Step.of(g, parameters, backend).rows(rows).seed(3);
    }

    private float[] data(int rows) {
        float[] data = new float[rows * X];
        for (int i = 0; i < data.length; i++) {
            data[i] = i * 37 % 101 / 101f;
        }
        return data;
    }

    private List<float[]> after(boolean keepAll) {
        try (Backend backend = new JavaBackend(2); Parameters parameters = new Parameters(backend, g.parameters(), 3)) {
            StepBuilder train = step(backend, parameters, 67).samples(3).minimise(new Elbo(), new Adam(1e-2));
            StepBuilder bound = step(backend, parameters, 67).samples(5).evaluate(new ImportanceWeighted());
            train.keepAll = keepAll;
            bound.keepAll = keepAll;
            List<float[]> results = new ArrayList<>();
            try (Step training = train.compile(); Step weighing = bound.compile()) {
                System.out.println("keeping all: " + keepAll + ", training " + training.memory() + ", bound "
                        + weighing.memory());
                training.value(x).set(data(67));
                for (int i = 0; i < 3; i++) {
                    training.run(i);
                }
                weighing.value(x).set(data(67));
                weighing.run(1);
                results.add(weighing.bound().toArray());
            }
            parameters.all().forEach(s -> results.add(s.value().toArray()));
            return results;
        }
    }

    @Test
    void sharingChangesNoBit() {
        vae(deep(3, 4, 20));
        List<float[]> expected = after(true);
        List<float[]> found = after(false);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), found.get(i));
        }
    }

    /** Parameters' gradients are asked for in the order of the parameters, and computed in the reverse one. */
    @Test
    void buffersShareMemoryInWhicheverOrderTheyAreAskedFor() {
        try (Backend backend = new JavaBackend(1); Buffers planned = new Buffers(backend, null)) {
            List<Launch> launches = Stream.of("both", "first", "last", "both").map(role -> Rows.fill(1, planned.get(
                    this, role, 2, 3))).toList();
            try (Buffers buffers = new Buffers(backend, new Lifetimes(planned, launches, Set.of()))) {
                Matrix last = buffers.get(this, "last", 2, 3);
                Matrix both = buffers.get(this, "both", 2, 3);
                assertSame(last.storage(), buffers.get(this, "first", 2, 3).storage());
                assertNotSame(last.storage(), both.storage());
                assertEquals(12, buffers.elements());
            }
        }
    }

    @Test
    void whatIsNotKeptIsRefused() {
        Value z = vae(deep(2, 0, 20));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Step plain = step(backend, parameters, 5).evaluate(new Elbo()).compile();
                Step wants = step(backend, parameters, 5).evaluate(new Elbo()).want(z).compile()) {
            assertEquals("'z' is not kept by this step: say want('z') before it is compiled",
                    assertThrows(IllegalStateException.class, () -> plain.value(z)).getMessage());
            assertEquals(5, wants.value(z).rows());
        }
    }

    @Test
    void aDeepStepNeedsAtMostTwiceWhatLivenessNeeds() {
        Value z = vae(deep(1, 64, 256));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 3)) {
            Step.Memory training = null;
            Step.Memory encoding = null;
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 10; i++) {
                long begin = System.nanoTime();
                try (Step step = step(backend, parameters, 128).minimise(new Elbo(), new Adam(1e-3)).compile()) {
                    best = Math.min(best, (System.nanoTime() - begin) * 1e-9);
                    training = step.memory();
                }
                try (Step step = step(backend, parameters, 128).want(z).compile()) {
                    encoding = step.memory();
                }
            }
            System.out.printf("64 dense layers of 256: compiled in %.3f s; training %s, encoding %s%n", best, training,
                    encoding);
            assertTrue(training.allocated() <= 2 * training.needed(), training.toString());
            assertTrue(encoding.allocated() <= 2 * encoding.needed(), encoding.toString());
        }
    }

    @Test
    void fiftySamplesNeedAtMostThreeTimesWhatLivenessNeeds() {
        vae(deep(2, 0, 400));
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 3);
                Step one = step(backend, parameters, 100).evaluate(new ImportanceWeighted()).compile();
                Step many = step(backend, parameters, 100).samples(50).evaluate(new ImportanceWeighted()).compile();
                Step train = step(backend, parameters, 100).samples(50).minimise(new Elbo(), new Adam(1e-3))
                        .compile()) {
            System.out.println("K = 1 " + one.memory() + ", K = 50 " + many.memory() + ", training " + train.memory());
            assertTrue(many.memory().allocated() <= 3 * many.memory().needed(), many.memory().toString());
            assertTrue(train.memory().allocated() <= 3 * train.memory().needed(), train.memory().toString());
        }
    }
}
