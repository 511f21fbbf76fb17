package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.cuda.CudaBackend;
import io.elbo4j.cuda.CudaEvent;
import io.elbo4j.cuda.CudaLibrary;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.model.ConvolutionalVae;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A training step of the usual VAE, 784-400-20-400-784, on a device: one small graph, replayed. */
class CudaStepTest {
    private static final int MOST_NODES = 14;
    private static final int MOST_CONVOLUTIONAL_NODES = 30;
    private static final long MOST_CONVOLUTIONAL_BYTES = 280_000_000;
    private static final int ROWS = 256;

    private static void assumeCuda() {
        assumeTrue(CudaLibrary.problem().isEmpty(), () -> "skipped: " + CudaLibrary.problem().orElseThrow());
    }

    @Test
    void aTrainingStepIsOneGraphOfFewNodes() {
        Model vae = new Vae(new VaeSettings(784, List.of(400), 20, Activation.RELU, LikelihoodKind.BERNOULLI, 1,
                false));
        assertNodes(MOST_NODES, vae, 128);
    }

    /** 28 x 28 x 1, 32, 64 and 128 channels, for a batch whose weight gradients have several leaves. */
    @Test
    void aConvolutionalStepHasFewNodes() {
        Model vae = new ConvolutionalVae(new ConvolutionalVae.Settings(28, 28, 1, List.of(32, 64, 128), 20,
                Activation.RELU, LikelihoodKind.BERNOULLI, false));
        assertNodes(MOST_CONVOLUTIONAL_NODES, vae, 64);
    }

    /** 64 x 64 x 3, 48 to 384 channels: leaves of the six large layers, 38 MB each, have one memory, not one each. */
    @Test
    void largeLeavesOfConvolutionsShareMemory() {
        assumeCuda();
        Model vae = new ConvolutionalVae(new ConvolutionalVae.Settings(64, 64, 3, List.of(48, 96, 192, 384), 20,
                Activation.RELU, LikelihoodKind.GAUSSIAN_SHARED, false));
        try (Backend backend = Backends.open("cuda", 1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Step step = Step.of(vae.graph(), parameters, backend).rows(128).seed(1).minimise(new Elbo(), new Adam(
                        1e-3)).compile()) {
            System.out.println("memory of a large convolutional step: " + step.memory());
            assertTrue(step.memory().allocated() <= MOST_CONVOLUTIONAL_BYTES, step.memory().toString());
        }
    }

    private static void assertNodes(int most, Model model, int batch) {
        assumeCuda();
        try (Backend backend = Backends.open("cuda", 1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Matrix data = backend.matrix(ROWS, 784);
                Indices order = backend.indices(ROWS)) {
            order.set(IntStream.range(0, ROWS).toArray(), 0);
            try (Step step = Step.of(model.graph(), parameters, backend).rows(batch).seed(1).read(data, order).minimise(
                    new Elbo(), new Adam(1e-3)).compile()) {
                step.rows(0).run(0);
                assertEquals(0, step.nodes(), "the first run loads what kernels need and is not captured");
                step.rows(batch).run(1);
                System.out.println("nodes of a training step of " + model.getClass().getSimpleName() + ": " + step
                        .nodes());
                assertTrue(step.nodes() > 0 && step.nodes() <= most, step.nodes() + " nodes");
            }
        }
    }

    /** In a warm-up the weight of the KL changes with every step. */
    @Test
    void aStepOfAWarmUpAllocatesNothingAndWaitsForNothing() {
        assumeCuda();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        Vae vae = new Vae(new VaeSettings(33, List.of(17), 5, Activation.RELU, LikelihoodKind.BERNOULLI, 1, false));
        try (CudaBackend backend = (CudaBackend) Backends.open("cuda", 1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Matrix data = backend.matrix(ROWS, 33);
                Indices order = backend.indices(ROWS);
                Step step = Step.of(vae.graph(), parameters, backend).rows(31).seed(1).read(data, order).minimise(
                        new Elbo(i -> 0.001 * i, 0), new Adam(1e-3)).compile();
                CudaEvent begin = new CudaEvent(backend.device().index())) {
            order.set(IntStream.range(0, ROWS).toArray(), 0);
            int steps = 100;
            long free = 0;
            long before = 0;
            for (int i = -steps; i < steps; i++) {
                if (i == 0) {
                    backend.synchronize();
                    begin.record(backend.stream());
                    free = backend.device().freeBytes();
                    before = threads.getThreadAllocatedBytes(thread);
                }
                step.rows(i & 63).run(i + steps);
            }
            long bytes = (threads.getThreadAllocatedBytes(thread) - before) / steps;
            if (CudaLibrary.emulated()) {
                // there the device works when something waits for it, and nobody else uses its memory
                assertFalse(begin.isDone(), "a step waited for the device");
                assertEquals(free, backend.device().freeBytes());
            }
            System.out.println("a step of a warm-up allocates " + bytes + " bytes of the Java heap");
            // the arguments of the launch that sets the weight are made anew
            assertTrue(bytes < 128, bytes + " bytes a step");
        }
    }

    /** The message up to the sentence's end that says where the number was found. */
    private static String divergence(String backendName) {
        Images images = Sprites.images(5, 200);
        Vae vae = new Vae(new VaeSettings(images.columns(), List.of(30), 4, Activation.RELU, LikelihoodKind.GAUSSIAN, 1,
                false));
        TrainingSettings settings = new TrainingSettings(20, 30, 1, 0, 0, Double.POSITIVE_INFINITY, 3);
        try (Backend backend = Backends.open(backendName, 1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 3);
                Trainer trainer = new Trainer(vae, parameters, backend, settings, images, Trainer.Position.START)) {
            NonFiniteException error = assertThrows(NonFiniteException.class, () -> {
                for (int i = 0; i < 200; i++) {
                    if (trainer.atEndOfEpoch()) {
                        trainer.nextEpoch();
                    }
                    trainer.step();
                }
                trainer.position();
            });
            return error.getMessage().substring(0, error.getMessage().indexOf(';'));
        }
    }

    @Test
    void aLossThatIsNotFiniteIsNoticedLaterButOfTheSameStep() {
        assumeCuda();
        String expected = divergence("java");
        System.out.println(expected);
        assertEquals(expected, divergence("cuda"));
    }
}
