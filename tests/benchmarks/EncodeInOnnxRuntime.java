import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Encoder;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConvolutionalVae;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.onnx.Onnx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Encoding one row with a kept encoder, one thread, against onnxruntime on the same encoder as ONNX: 784-400-20, and
 * convolutions 28x28x1-32-64. Two ways there: with a tensor for each row, as its examples have it, and with one direct
 * buffer that is filled anew, asking for the mean alone. Interleaved; medians over blocks, with the range of the middle
 * half.
 *
 * <p>{@code java -cp java/cli/target/elbo4j.jar:ONNXRUNTIME.jar tests/benchmarks/EncodeInOnnxRuntime.java [java|cpu]}
 */
public final class EncodeInOnnxRuntime {
    private static final int BLOCKS = 300;
    private static final int CALLS = 50;

    private interface Call {
        void run() throws OrtException;
    }

    private EncodeInOnnxRuntime() {}

    private static double micros(Call call) throws OrtException {
        long begin = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (System.nanoTime() - begin) * 1e-3 / CALLS;
    }

    private static String inWords(double[] values, String format) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length - 1;
        return String.format(Locale.ROOT, format + " (" + format + " .. " + format + ")", sorted[n / 2], sorted[n / 4],
                sorted[3 * n / 4]);
    }

    public static void main(String[] arguments) throws OrtException {
        measure("784-400-20", new Vae(VaeSettings.of(784, 20, 400)), arguments);
        measure("28x28x1-32-64-20", new ConvolutionalVae(new ConvolutionalVae.Settings(28, 28, 1, List.of(32, 64), 20,
                Activation.RELU, VaeSettings.LikelihoodKind.BERNOULLI, false)), arguments);
    }

    private static void measure(String name, Model model, String... arguments) throws OrtException {
        float[] x = new float[784];
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
        }
        float[] z = new float[20];
        float[] theirs = new float[20];
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer kept = ByteBuffer.allocateDirect(4 * x.length).order(ByteOrder.nativeOrder()).asFloatBuffer();
        try (Backend backend = Backends.open(arguments.length > 0 ? arguments[0] : "auto", 1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 1);
                Encoder encoder = new Encoder(model, parameters, backend, 1, Standardisation.NONE);
                OrtSession.SessionOptions options = options();
                OrtSession session = environment.createSession(new Onnx(model, parameters, backend,
                        Standardisation.NONE).encoder(Map.of()), options);
                OnnxTensor row = OnnxTensor.createTensor(environment, kept, new long[] {1, x.length})) {
            Call ours = () -> encoder.encode(x, z);
            Call each = () -> {
                try (OnnxTensor one = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {1,
                        x.length}); OrtSession.Result result = session.run(Map.of("x", one))) {
                    ((OnnxTensor) result.get(0)).getFloatBuffer().get(theirs);
                }
            };
            Call buffer = () -> {
                kept.put(0, x);
                try (OrtSession.Result result = session.run(Map.of("x", row), Set.of("posterior.mean"))) {
                    ((OnnxTensor) result.get(0)).getFloatBuffer().get(theirs);
                }
            };
            double[][] times = new double[3][BLOCKS];
            double[][] ratios = new double[2][BLOCKS];
            for (int block = -BLOCKS / 3; block < BLOCKS; block++) {
                double[] now = {micros(ours), micros(each), micros(buffer)};
                for (int i = 0; i < 3 && block >= 0; i++) {
                    times[i][block] = now[i];
                    if (i > 0) {
                        ratios[i - 1][block] = now[i] / now[0];
                    }
                }
            }
            double difference = 0;
            for (int i = 0; i < z.length; i++) {
                difference = Math.max(difference, Math.abs(z[i] - theirs[i]));
            }
            System.out.printf(Locale.ROOT, "%s, %s, 1 thread: encoder %s us; onnxruntime, a tensor a row %s us, ratio"
                    + " %s; one direct buffer %s us, ratio %s; largest difference %.2g%n", name, backend.name(),
                    inWords(
                            times[0], "%.1f"), inWords(times[1], "%.1f"), inWords(ratios[0], "%.2f"), inWords(
                                    times[2], "%.1f"), inWords(ratios[1], "%.2f"), difference);
        }
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        return options;
    }
}
