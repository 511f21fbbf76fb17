import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Encoder;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Rows encoded in a second, one by one, 784-400-20, by 1 thread and by several, each with an encoder of its own, on one
 * backend of one thread with one copy of the weights. Interleaved; medians over blocks, with the range of the middle
 * half.
 *
 * <p>{@code java -cp java/cli/target/elbo4j.jar tests/benchmarks/EncodeInThreads.java [java|cpu] [THREADS] [HIDDEN]}
 */
public final class EncodeInThreads {
    private static final int BLOCKS = 60;
    private static final int CALLS = 1000;

    private EncodeInThreads() {}

    private static double at(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    private static String inWords(double[] values, String format) {
        return String.format(Locale.ROOT, format + " (" + format + " .. " + format + ")", at(values, 0.5), at(values,
                0.25), at(values, 0.75));
    }

    private static double rowsPerSecond(Encoder[] encoders, int threads, float[] x, int calls)
            throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        Thread[] running = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            Encoder own = encoders[t];
            running[t] = new Thread(() -> {
                float[] z = new float[20];
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < calls; i++) {
                    own.encode(x, z);
                }
            });
            running[t].start();
        }
        long begin = System.nanoTime();
        go.countDown();
        for (Thread thread : running) {
            thread.join();
        }
        return threads * calls / ((System.nanoTime() - begin) * 1e-9);
    }

    public static void main(String[] arguments) throws InterruptedException {
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        int hidden = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 400;
        int calls = Math.max(1, CALLS * 400 / hidden);
        Vae vae = new Vae(VaeSettings.of(784, 20, hidden).withActivation(Activation.RELU));
        float[] x = new float[784];
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
        }
        Encoder[] encoders = new Encoder[threads];
        try (Backend backend = Backends.open(arguments.length > 0 ? arguments[0] : "auto", 1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1)) {
            for (int t = 0; t < threads; t++) {
                encoders[t] = new Encoder(vae, parameters, backend, 1, Standardisation.NONE);
            }
            double[] one = new double[BLOCKS];
            double[] several = new double[BLOCKS];
            double[] ratios = new double[BLOCKS];
            for (int block = -BLOCKS / 3; block < BLOCKS; block++) {
                double a = rowsPerSecond(encoders, 1, x, calls);
                double b = rowsPerSecond(encoders, threads, x, calls);
                if (block >= 0) {
                    one[block] = a;
                    several[block] = b;
                    ratios[block] = b / a;
                }
            }
            for (Encoder encoder : encoders) {
                encoder.close();
            }
            System.out.printf("%s, 784-%d-20: 1 thread %s rows a second, %d threads %s, ratio %s%n", backend.name(),
                    hidden, inWords(one, "%.0f"), threads, inWords(several, "%.0f"), inWords(ratios, "%.2f"));
        }
    }
}
