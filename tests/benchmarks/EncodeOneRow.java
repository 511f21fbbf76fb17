import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.operation.Matmul;
import io.elbo4j.train.Encoder;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Encoding one row, 784-400-20, one thread, with a kept encoder, against its two matrix products alone: 784 x 400 with
 * bias and ReLU, 400 x 20 with bias, listed once. The encoder's second product has 40 columns, as the heads of mean and
 * log-variance are one. Interleaved; medians over blocks, with the range of the middle half.
 *
 * <p>{@code java -cp java/cli/target/elbo4j.jar tests/benchmarks/EncodeOneRow.java [java|cpu]}
 */
public final class EncodeOneRow {
    private static final int BLOCKS = 300;
    private static final int CALLS = 50;

    private EncodeOneRow() {}

    private static double micros(Runnable call) {
        long begin = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (System.nanoTime() - begin) * 1e-3 / CALLS;
    }

    private static double at(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    private static String inWords(double[] values, String format) {
        return String.format(Locale.ROOT, format + " (" + format + " .. " + format + ")", at(values, 0.5), at(values,
                0.25), at(values, 0.75));
    }

    public static void main(String[] arguments) {
        Vae vae = new Vae(VaeSettings.of(784, 20, 400).withActivation(Activation.RELU));
        float[] x = new float[784];
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
        }
        float[] z = new float[20];
        try (Backend backend = Backends.open(arguments.length > 0 ? arguments[0] : "auto", 1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Encoder encoder = new Encoder(vae, parameters, backend, 1, Standardisation.NONE);
                Matrix in = backend.matrix(1, 784).set(x);
                Matrix w1 = backend.matrix(784, 400).set(parameters.all().get(0).value().toArray());
                Matrix b1 = backend.matrix(1, 400);
                Matrix hidden = backend.matrix(1, 400);
                Matrix w2 = backend.matrix(400, 20);
                Matrix b2 = backend.matrix(1, 20);
                Matrix out = backend.matrix(1, 20);
                Program products = new Program(backend, List.of(Matmul.forward(in, w1, b1, true, hidden),
                        Matmul.forward(hidden, w2, b2, false, out)))) {
            double[] encodes = new double[BLOCKS];
            double[] alone = new double[BLOCKS];
            double[] ratios = new double[BLOCKS];
            for (int block = -BLOCKS / 3; block < BLOCKS; block++) {
                double a = micros(() -> encoder.encode(x, z));
                double b = micros(products::run);
                if (block >= 0) {
                    encodes[block] = a;
                    alone[block] = b;
                    ratios[block] = a / b;
                }
            }
            System.out.printf("%s, 1 thread: encode %s us, two products alone %s us, ratio %s%n", backend.name(),
                    inWords(encodes, "%.1f"), inWords(alone, "%.1f"), inWords(ratios, "%.3f"));
        }
    }
}
