import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.worker.SocketExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Two processes of this machine, one thread each, that train together: the time of an exchange, and of a step shared by
 * both, against steps of one process with one thread and with two. Blocks of each follow each other, while the other
 * process waits; medians over blocks, with the range of the middle half. Checked first: both ways have the same bits.
 *
 * <p>{@code java -cp java/cli/target/elbo4j.jar tests/benchmarks/Workers.java [BLOCKS]}
 */
public final class Workers {
    private static final int DATA = 8192;
    private static final int[] BATCHES = {128, 256, 512, 1024, 2048, 4096};
    private static final long SEED = 3;

    private record Size(String name, int hidden, int latent) {
        Model model() {
            return new Vae(new VaeSettings(784, List.of(hidden), latent, Activation.RELU, LikelihoodKind.BERNOULLI, 1,
                    false));
        }
    }

    /** 0.65 million and 5.1 million parameters. */
    private static final List<Size> SIZES = List.of(new Size("784-400-20", 400, 20), new Size("784-3000-64", 3000, 64));

    private Workers() {}

    /** A training step on a backend of its own; alone where there is no exchange. */
    private static final class Trained implements AutoCloseable {
        private final Backend backend;
        private final Matrix data;
        private final Parameters parameters;
        private final Step step;
        private final int[] order = IntStream.range(0, DATA).toArray();
        private final int batch;
        private long done;

        Trained(Size size, int batch, int threads, Exchange exchange) {
            this.batch = batch;
            backend = Backends.open("auto", threads);
            data = backend.matrix(DATA, 784);
            RandomFill.uniform(new Noise(SEED, 1), 0, 1, data).run();
            Model model = size.model();
            parameters = new Parameters(backend, model.graph().parameters(), SEED);
            StepBuilder builder = Step.of(model.graph(), parameters, backend).rows(batch).seed(SEED).read(data)
                    .minimise(new Elbo(1), new Adam(1e-3));
            step = (exchange == null ? builder : builder.workers(exchange)).compile();
        }

        void steps(int count) {
            for (int i = 0; i < count; i++) {
                step.rows(order, (int) (done * batch % (DATA - batch + 1))).run(done);
                done++;
            }
        }

        int hash() {
            return parameters.all().stream().mapToInt(s -> Arrays.hashCode(s.value().toArray())).reduce(0, (a,
                    b) -> 31 * a + b);
        }

        @Override
        public void close() {
            step.close();
            parameters.close();
            data.close();
            backend.close();
        }
    }

    private static String inWords(double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        int n = sorted.length - 1;
        return String.format(Locale.ROOT, "%8.2f ms (%.2f .. %.2f)", sorted[n / 2] * 1e3, sorted[n / 4] * 1e3, sorted[3
                * n / 4] * 1e3);
    }

    private static double median(double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }

    private static double seconds(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) * 1e-9;
    }

    /** Both processes run this; only worker 0 prints, and does anything alone. */
    private static void measure(SocketExchange exchange, int blocks) {
        boolean first = exchange.rank() == 0;
        for (int count : new int[] {650_000, 5_000_000}) {
            float[] numbers = new float[count];
            double[] each = new double[blocks];
            for (int i = -blocks; i < blocks; i++) {
                double s = seconds(() -> exchange.sum(numbers));
                if (i >= 0) {
                    each[i] = s;
                }
            }
            if (first) {
                System.out.printf(Locale.ROOT, "exchange of %,9d floats: %s%n", count, inWords(each));
            }
        }
        for (Size size : SIZES) {
            for (int batch : BATCHES) {
                compare(size, batch, exchange, blocks);
            }
        }
    }

    private static void compare(Size size, int batch, SocketExchange exchange, int blocks) {
        boolean first = exchange.rank() == 0;
        int count = Math.max(1, 2048 / batch);
        double[] alone = new double[blocks];
        double[] threads = new double[blocks];
        double[] together = new double[blocks];
        try (Trained one = first ? new Trained(size, batch, 1, null) : null;
                Trained two = first ? new Trained(size, batch, 2, null) : null;
                Trained shared = new Trained(size, batch, 1, exchange)) {
            for (int i = -3; i < blocks; i++) {
                if (first) {
                    double a = seconds(() -> one.steps(count)) / count;
                    double b = seconds(() -> two.steps(count)) / count;
                    if (i >= 0) {
                        alone[i] = a;
                        threads[i] = b;
                    }
                }
                exchange.sum(new float[1]);
                double s = seconds(() -> shared.steps(count)) / count;
                if (i >= 0) {
                    together[i] = s;
                }
            }
            if (first) {
                if (one.hash() != shared.hash() || two.hash() != shared.hash()) {
                    throw new IllegalStateException("the parameters differ");
                }
                System.out.printf(Locale.ROOT, "%-12s batch %4d: alone %s, two threads %s, two workers %s: %.2f times"
                        + " as fast as one thread, %.2f as two%n", size.name(), batch, inWords(alone), inWords(threads),
                        inWords(together), median(alone) / median(together), median(threads) / median(together));
            }
        }
    }

    private static String free() throws IOException {
        try (ServerSocket a = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket b = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + a.getLocalPort() + ",127.0.0.1:" + b.getLocalPort();
        }
    }

    public static void main(String[] arguments) throws Exception {
        int blocks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 21;
        boolean second = arguments.length > 1;
        String addresses = second ? arguments[1] : free();
        Process other = second ? null : new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-cp", System
                .getProperty("java.class.path"), "tests/benchmarks/Workers.java", Integer.toString(blocks), addresses)
                .inheritIO().start();
        try (SocketExchange exchange = SocketExchange.connect(List.of(addresses.split(",")), second ? 1 : 0, Duration
                .ofMinutes(1))) {
            measure(exchange, blocks);
        }
        if (other != null && other.waitFor() != 0) {
            throw new IllegalStateException("the other process failed");
        }
    }
}
