package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What of a model several threads may share, with the bits of one thread, and what is refused. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsTest {
    private static final int THREADS = 4;
    private static final long SEED = 3;
    private static final Images IMAGES = Sprites.images(SEED, 130);
    private static final Vae VAE = new Vae(new VaeSettings(IMAGES.columns(), List.of(50), 4, Activation.RELU,
            LikelihoodKind.BERNOULLI, 1, true));

    private final ExecutorService threads = Executors.newCachedThreadPool();

    static List<String> backends() {
        return Backends.statuses().stream().filter(Backends.Status::available).map(Backends.Status::name)
                .filter(name -> !name.startsWith("cuda")).toList();
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private <T> List<T> together(Callable<T> task) throws Exception {
        List<Future<T>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            all.add(threads.submit(task));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> f : all) {
            results.add(f.get());
        }
        return results;
    }

    private static Parameters parameters(Backend backend) {
        return new Parameters(backend, VAE.graph().parameters(), SEED);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aCoderAndAnEvaluatorServeAllThreads(String name) throws Exception {
        try (Backend backend = Backends.open(name, 2); Parameters parameters = parameters(backend);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend, IMAGES, SEED)) {
            Coder coder = new Coder(VAE, parameters, backend, SEED);
            float[] codes = coder.encode(IMAGES);
            float[] reconstructed = coder.reconstruct(IMAGES);
            float[] decoded = coder.decode(codes);
            Evaluation evaluation = evaluator.evaluate(7);
            double logLikelihood = evaluator.logLikelihood(3, rows -> {});
            together(() -> {
                for (int i = 0; i < 5; i++) {
                    assertArrayEquals(codes, coder.encode(IMAGES));
                    assertArrayEquals(reconstructed, coder.reconstruct(IMAGES));
                    assertArrayEquals(decoded, coder.decode(codes));
                    assertEquals(evaluation, evaluator.evaluate(7));
                    assertEquals(logLikelihood, evaluator.logLikelihood(3, rows -> {}));
                }
                return null;
            });
        }
    }

    /** Parameters after that many steps of each of so many threads. */
    private List<float[]> train(int stepsOfAThread, boolean together) throws Exception {
        TrainingSettings settings = new TrainingSettings(32, 1e-3, 1, 0, 0, 5, SEED);
        try (Backend backend = Backends.open("java", 1); Parameters parameters = parameters(backend);
                Trainer trainer = new Trainer(VAE, parameters, backend, settings, IMAGES)) {
            if (together) {
                together(() -> {
                    trainer.steps(stepsOfAThread);
                    return null;
                });
            } else {
                trainer.steps((long) THREADS * stepsOfAThread);
            }
            assertEquals(THREADS * stepsOfAThread, trainer.position().step());
            return parameters.all().stream().map(s -> s.value().toArray()).toList();
        }
    }

    @Test
    void stepsOfATrainerByManyThreadsAreThoseOfOne() throws Exception {
        List<float[]> one = train(6, false);
        List<float[]> many = train(6, true);
        for (int i = 0; i < one.size(); i++) {
            assertArrayEquals(one.get(i), many.get(i));
        }
    }

    @Test
    void aStepThatAnotherThreadIsInIsRefused() throws Exception {
        try (Backend backend = Backends.open("java", 1); Parameters parameters = parameters(backend);
                Resident data = new Resident(backend, IMAGES, VAE, Standardisation.NONE);
                Step step = Step.of(VAE.graph(), parameters, backend).rows(100).seed(SEED).read(data.source()).evaluate(
                        new Elbo()).compile()) {
            AtomicInteger refused = new AtomicInteger();
            List<String> names = together(() -> {
                while (refused.get() < THREADS) {
                    try {
                        step.run(1);
                    } catch (IllegalStateException e) {
                        assertTrue(e.getMessage().matches("this step is being used by (thread '.+'|another thread):"
                                + " one thread at a time can use it"), e.getMessage());
                        refused.incrementAndGet();
                    }
                }
                return Thread.currentThread().getName();
            });
            assertEquals(THREADS, names.size());
            step.run(1);
        }
    }

    @Test
    void closingAStepWaitsForItsRun() throws Exception {
        try (Backend backend = Backends.open("java", 2); Parameters parameters = parameters(backend);
                Resident data = new Resident(backend, IMAGES, VAE, Standardisation.NONE)) {
            for (int i = 0; i < 20; i++) {
                Step step = Step.of(VAE.graph(), parameters, backend).rows(100).seed(SEED).read(data.source()).evaluate(
                        new Elbo()).compile();
                AtomicInteger runs = new AtomicInteger();
                Future<Void> running = threads.submit(() -> {
                    while (true) {
                        step.run(1);
                        runs.incrementAndGet();
                    }
                });
                while (runs.get() < 3) {
                    Thread.onSpinWait();
                }
                step.close();
                Throwable refused = assertThrows(ExecutionException.class, running::get).getCause();
                // the thread that runs may also have met the one that closes
                assertTrue(refused.getMessage().matches("this program has been closed|this step is being used by .*"),
                        refused.getMessage());
            }
        }
    }
}
