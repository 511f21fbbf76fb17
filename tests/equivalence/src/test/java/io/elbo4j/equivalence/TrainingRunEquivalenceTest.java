package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.NpyReader;
import io.elbo4j.train.data.NpyWriter;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConvolutionalVae;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.worker.SocketExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole training run has one SHA-256 of its parameters and moments, whatever it ran on. */
class TrainingRunEquivalenceTest {
    private static final Images DATA = Sprites.images(3, 1000);

    /** A configuration and its number of steps; batches of 96 leave a smaller one at the end of each epoch. */
    private record Run(Supplier<Model> model, TrainingSettings training, int steps) {}

    private static Map<String, Run> runs() {
        Map<String, Run> runs = new LinkedHashMap<>();
        runs.put("bernoulli-relu", new Run(model(Activation.RELU, LikelihoodKind.BERNOULLI, true),
                new TrainingSettings(96, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, 42), 300));
        runs.put("gaussian-tanh-clip-freebits", new Run(model(Activation.TANH, LikelihoodKind.GAUSSIAN, false),
                new TrainingSettings(96, 1e-3, 0.5, 3, 0.05, 5, -7), 60));
        runs.put("gaussian-shared-gelu", new Run(model(Activation.GELU, LikelihoodKind.GAUSSIAN_SHARED, false),
                new TrainingSettings(96, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, 1L << 40), 60));
        runs.put("importance-weighted-adamw-cosine-average", new Run(model(Activation.SILU, LikelihoodKind.BERNOULLI,
                true), TrainingSettings.of(96, 3).withObjective(ObjectiveKind.IMPORTANCE_WEIGHTED, 3).withClipValue(
                        0.01).withOptimiser(OptimiserSettings.of(OptimiserSettings.Kind.ADAMW).withAverage(0.9))
                        .withSchedule(ScheduleSettings.cosine(5).withWarmUp(1)), 30));
        runs.put("sticking-the-landing-sgd-staircase", new Run(model(Activation.TANH, LikelihoodKind.BERNOULLI, true),
                TrainingSettings.of(96, 4).withObjective(ObjectiveKind.STICKING_THE_LANDING, 2).withKlWarmUp(1)
                        .withKlCycle(1.5).withOptimiser(OptimiserSettings.of(OptimiserSettings.Kind.SGD).withMomentum(
                                0.9).withWeightDecay(0.01))
                        .withSchedule(ScheduleSettings.staircase(1, 0.5)), 30));
        runs.put("convolutional", new Run(() -> new ConvolutionalVae(new ConvolutionalVae.Settings(32, 32, 1, List.of(5,
                8), 4, Activation.RELU, LikelihoodKind.BERNOULLI, false)), TrainingSettings.of(96, 5), 12));
        runs.put("recurrent", new Run(() -> new RowByRow(false), TrainingSettings.of(96, 6), 12));
        runs.put("recurrent-resets", new Run(() -> new RowByRow(true), TrainingSettings.of(96, 7), 12));
        return runs;
    }

    private static Supplier<Model> model(Activation activation, LikelihoodKind likelihood, boolean binarise) {
        return () -> new Vae(new VaeSettings(DATA.columns(), List.of(100, 37), 7, activation, likelihood, 0.5,
                binarise));
    }

    private static String sha256(Backend backend, Run run) {
        return sha256(backend, run, DATA);
    }

    private static String sha256(Backend backend, Run run, Images data) {
        return sha256(backend, run, data, null);
    }

    private static String sha256(Backend backend, Run run, Images data, @Nullable Exchange workers) {
        Model model = run.model().get();
        try (Parameters parameters = new Parameters(backend, model.graph().parameters(), run.training().seed());
                Trainer trainer = workers == null ? new Trainer(model, parameters, backend, run.training(), data)
                        : new Trainer(model, parameters, backend, run.training(), data, Trainer.Position.START,
                                Standardisation.NONE, workers)) {
            for (int i = 0; i < run.steps(); i++) {
                if (trainer.atEndOfEpoch()) {
                    trainer.nextEpoch();
                }
                trainer.step();
            }
            List<float[]> state = new ArrayList<>();
            for (Parameters.State s : parameters.all()) {
                state.add(s.value().toArray());
                s.slots().values().forEach(slot -> state.add(slot.toArray()));
            }
            return Bits.sha256(state);
        }
    }

    @Test
    void everyBackendEndsInTheGoldenRun() throws IOException {
        Golden golden = new Golden("training-runs", "configuration SHA-256 of all parameters and Adam moments after the"
                + " run of TrainingRunEquivalenceTest");
        for (Map.Entry<String, Run> e : runs().entrySet()) {
            String expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = sha256(reference, e.getValue());
            }
            golden.found(e.getKey(), expected);
            int others = 0;
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                // without the instruction an fma takes some hundred: one thread count, and no long run
                boolean softwareFma = under.name().contains("level 0") || under.name().contains("level 2");
                if (softwareFma && (e.getValue().steps() > 100 || !under.name().contains("2 threads"))) {
                    continue;
                }
                try (Backend backend = under.open()) {
                    assertEquals(expected, sha256(backend, e.getValue()), e.getKey() + " on " + under.name());
                    others++;
                }
            }
            // elbo4j.backends leaves out others
            assertTrue(others >= (System.getProperty("elbo4j.backends") == null ? 2 : 1));
            System.out.println(e.getKey() + ": " + e.getValue().steps() + " steps, the same SHA-256 on " + others
                    + " other backends, levels and thread counts");
        }
        golden.check();
    }

    /** One worker's backend is not the other's. */
    @Test
    void workersOfDifferentBackendsAreOneModel() throws Exception {
        List<BackendsUnderTest> all = BackendsUnderTest.all();
        List<BackendsUnderTest> of = new ArrayList<>(List.of(all.get(0), all.get(all.size() - 1)));
        all.stream().filter(under -> under.name().startsWith("cpu") && under.name().endsWith("2 threads")).reduce((a,
                b) -> b).ifPresent(of::add);
        for (Map.Entry<String, Run> e : runs().entrySet()) {
            if (e.getValue().steps() > 100) {
                continue;
            }
            String expected;
            try (Backend reference = BackendsUnderTest.reference()) {
                expected = sha256(reference, e.getValue());
            }
            for (int i = 0; i < of.size(); i++) {
                List<BackendsUnderTest> two = List.of(of.get(i), of.get((i + 1) % of.size()));
                assertEquals(List.of(expected, expected), together(two, e.getValue()), e.getKey() + " on " + two.get(0)
                        .name() + " and " + two.get(1).name());
            }
        }
    }

    private static List<String> together(List<BackendsUnderTest> workers, Run run) throws Exception {
        List<String> addresses = new ArrayList<>();
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            addresses.add("127.0.0.1:" + one.getLocalPort());
            addresses.add("127.0.0.1:" + other.getLocalPort());
        }
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        try {
            List<Callable<String>> all = new ArrayList<>();
            for (int rank = 0; rank < workers.size(); rank++) {
                int own = rank;
                all.add(() -> {
                    try (Backend backend = workers.get(own).open();
                            SocketExchange exchange = SocketExchange.connect(addresses, own, Duration.ofMinutes(1))) {
                        String sha256 = sha256(backend, run, DATA, exchange);
                        // nobody ends before both have what they need
                        exchange.sum(new float[1]);
                        return sha256;
                    }
                });
            }
            List<String> found = new ArrayList<>();
            for (Future<String> result : threads.invokeAll(all)) {
                found.add(result.get());
            }
            return found;
        } finally {
            threads.shutdownNow();
        }
    }

    /** An epoch is more than a chunk: a thread writes to one while kernels read the other. */
    @Test
    void dataThatStaysInAFileGivesTheSameRun(@TempDir Path directory) {
        Path file = directory.resolve("x.npy");
        NpyWriter.write(file, DATA.rows(), DATA.columns(), DATA.copyRows(0, DATA.rows()));
        Run run = runs().get("importance-weighted-adamw-cosine-average");
        String expected;
        try (Backend reference = BackendsUnderTest.reference()) {
            expected = sha256(reference, run);
        }
        try (Images streamed = NpyReader.stream(file)) {
            for (BackendsUnderTest under : BackendsUnderTest.all()) {
                if (!under.name().startsWith("cpu level 0") && !under.name().contains("1 thread")) {
                    try (Backend backend = under.open()) {
                        assertEquals(expected, sha256(backend, run, streamed), under.name());
                    }
                }
            }
        }
    }
}
