package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Kernel;
import io.elbo4j.Operation;
import io.elbo4j.Storage;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.LocalInference;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Where one allocation of many fails, those before it are freed. */
class ShortMemoryTest {
    private static final int ROWS = 7;
    private static final Images IMAGES = new Images("data", ROWS, 1, 4, 1, new float[ROWS * 4]);
    private static final LocalInference MODEL = new LocalInference(new LocalInference.Settings(4, ROWS, List.of(), 1,
            Activation.TANH, LikelihoodKind.BERNOULLI, false, 0.02, 20));

    /** Computes nothing, and counts what is open. */
    private static final class Counting extends Backend {
        private int left = Integer.MAX_VALUE;
        private int open;

        Counting() {
            super("counting", Memory.HOST, 1);
        }

        private void take() {
            if (left == 0) {
                throw new OutOfMemoryError("no memory is left");
            }
            left--;
            open++;
        }

        @Override
        public String description() {
            return "counts";
        }

        @Override
        public Storage allocate(long elements, ElementType type) {
            take();
            return new Storage(this, elements, type) {
                @Override
                protected Object address(long offset) {
                    return this;
                }

                @Override
                protected void read(long offset, float[] target, int targetOffset, int count) {}

                @Override
                protected void write(long offset, float[] source, int sourceOffset, int count) {}

                @Override
                protected void release() {
                    open--;
                }
            };
        }

        @Override
        public Indices indices(int count) {
            take();
            return new Indices(this, count) {
                @Override
                protected void copy(int[] source, int from) {}

                @Override
                public Object address() {
                    return this;
                }

                @Override
                protected void release() {
                    open--;
                }
            };
        }

        @Override
        protected Kernel kernel(Operation operation) {
            return new Kernel() {
                @Override
                public void prepare() {}

                @Override
                public void run(long begin, long end) {}
            };
        }

        @Override
        protected void run(Operation operation, long begin, long end) {}
    }

    private static Parameters parameters(Backend backend) {
        return new Parameters(backend, MODEL.graph().parameters(), 1);
    }

    private static void check(BiFunction<Backend, Parameters, AutoCloseable> make) throws Exception {
        for (int allocations = 0;; allocations++) {
            Counting backend = new Counting();
            boolean made = true;
            try (Parameters parameters = parameters(backend)) {
                backend.left = allocations;
                make.apply(backend, parameters).close();
            } catch (OutOfMemoryError e) {
                made = false;
            }
            assertEquals(0, backend.open, "after " + allocations + " allocations");
            if (made) {
                assertTrue(allocations > 1);
                return;
            }
        }
    }

    @Test
    void parameters() throws Exception {
        check((backend, parameters) -> parameters(backend));
        check((backend, parameters) -> parameters.with(Set.copyOf(MODEL.graph().parameters()), 5));
    }

    @Test
    void anEvaluator() throws Exception {
        check((backend, parameters) -> new Evaluator(MODEL, parameters, backend, IMAGES, 1));
    }

    @Test
    void aTrainer() throws Exception {
        TrainingSettings settings = new TrainingSettings(4, 1e-3, 1, 0, 0, 1, 1);
        check((backend, parameters) -> new Trainer(MODEL, parameters, backend, settings, IMAGES));
    }
}
