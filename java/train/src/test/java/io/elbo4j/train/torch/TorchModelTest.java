package io.elbo4j.train.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Coder;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.data.IdxReader;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.ConvolutionalVae;
import io.elbo4j.train.model.FlowVae;
import io.elbo4j.train.model.HierarchicalVae;
import io.elbo4j.train.model.LocalInference;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.torch.PyTorch.Size;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files against a forward pass by PyTorch's definitions, in double precision; and back. */
class TorchModelTest {
    private static final int ROWS = 12;
    /** Of an output, or of the mean size of all outputs where it is smaller. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path directory;

    /** A batch: rows of numbers, or images of (channel, row, column). */
    private record Batch(double[] values, int... shape) {
        int columns() {
            return values.length / ROWS;
        }

        Size image() {
            return new Size(shape[0], shape[1], shape[2]);
        }
    }

    /** A file and its modules. */
    private static final class Modules {
        private final Map<String, StoredTensor> tensors = new HashMap<>();
        private final JsonObject config;

        Modules(Path file, JsonObject config) {
            Safetensors.read(file, true).tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
            this.config = config;
        }

        Batch sequential(String name, Batch x) {
            Batch at = x;
            JsonArray modules = config.getAsJsonArray(name);
            for (int i = 0; i < modules.size(); i++) {
                at = module(name + "." + i, modules.get(i).getAsJsonObject(), at);
            }
            return at;
        }

        Batch head(String name, Batch x) {
            return module(name, config.getAsJsonObject("heads").getAsJsonObject(name), x);
        }

        private Batch module(String name, JsonObject module, Batch x) {
            JsonObject a = module.getAsJsonObject("arguments");
            return switch (module.get("module").getAsString()) {
                case "Linear" -> linear(name, a, x);
                case "Conv2d", "ConvTranspose2d" -> convolution(name, module.get("module").getAsString(), a, x);
                case "Flatten" -> new Batch(x.values, x.columns());
                case "Unflatten" -> new Batch(x.values, ints(a.getAsJsonArray("unflattened_size")));
                case "ReLU" -> each(x, v -> Math.max(v, 0));
                case "Tanh" -> each(x, Math::tanh);
                case "SiLU" -> each(x, v -> v / (1 + Math.exp(-v)));
                case "Sigmoid" -> each(x, v -> 1 / (1 + Math.exp(-v)));
                case "LogSoftmax" -> logSoftmax(x);
                default -> throw new AssertionError(module);
            };
        }

        private Batch linear(String name, JsonObject a, Batch x) {
            int inputs = a.get("in_features").getAsInt();
            int outputs = a.get("out_features").getAsInt();
            StoredTensor weight = tensors.get(name + ".weight");
            assertArrayEquals(new long[] {outputs, inputs}, weight.shape());
            assertEquals(1, x.shape.length);
            return new Batch(PyTorch.linear(x.values, ROWS, inputs, weight.values(), tensors.get(name + ".bias")
                    .values()), outputs);
        }

        private Batch convolution(String name, String type, JsonObject a, Batch x) {
            int[] kernel = ints(a.getAsJsonArray("kernel_size"));
            int stride = a.get("stride").getAsInt();
            int padding = a.get("padding").getAsInt();
            int channels = a.get("out_channels").getAsInt();
            float[] weight = tensors.get(name + ".weight").values();
            float[] bias = tensors.get(name + ".bias").values();
            if (type.equals("Conv2d")) {
                Size out = new Size(channels, (x.shape[1] + 2 * padding - kernel[0]) / stride + 1, (x.shape[2] + 2
                        * padding - kernel[1]) / stride + 1);
                return batch(PyTorch.conv2d(x.values, ROWS, x.image(), out, kernel[0], kernel[1], stride, padding,
                        weight, bias), out);
            }
            int[] beyond = ints(a.getAsJsonArray("output_padding"));
            Size out = new Size(channels, (x.shape[1] - 1) * stride - 2 * padding + kernel[0] + beyond[0], (x.shape[2]
                    - 1) * stride - 2 * padding + kernel[1] + beyond[1]);
            return batch(PyTorch.convTranspose2d(x.values, ROWS, x.image(), out, kernel[0], kernel[1], stride, padding,
                    weight, bias), out);
        }

        private static Batch batch(double[] values, Size size) {
            return new Batch(values, size.channels(), size.height(), size.width());
        }

        private static Batch logSoftmax(Batch x) {
            double[] y = x.values.clone();
            for (int r = 0; r < ROWS; r++) {
                double sum = 0;
                for (int c = 0; c < x.columns(); c++) {
                    sum += Math.exp(y[r * x.columns() + c]);
                }
                for (int c = 0; c < x.columns(); c++) {
                    y[r * x.columns() + c] -= Math.log(sum);
                }
            }
            return new Batch(y, x.shape);
        }

        Batch functions(String name, Batch x) {
            Batch at = x;
            for (JsonElement element : config.getAsJsonArray(name)) {
                JsonObject function = element.getAsJsonObject();
                JsonArray a = function.getAsJsonArray("arguments");
                at = switch (function.get("function").getAsString()) {
                    case "add" -> each(at, v -> v + a.get(0).getAsFloat());
                    case "mul" -> each(at, v -> v * a.get(0).getAsFloat());
                    case "log" -> each(at, Math::log);
                    case "exp" -> each(at, Math::exp);
                    default -> throw new AssertionError(function);
                };
            }
            return at;
        }
    }

    private static int[] ints(JsonArray array) {
        int[] numbers = new int[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).getAsInt();
        }
        return numbers;
    }

    private static Batch each(Batch x, DoubleUnaryOperator function) {
        return new Batch(Arrays.stream(x.values).map(function).toArray(), x.shape);
    }

    /** From (row, column, channel), where the model takes images. */
    private static Batch theirs(float[] ours, int[] shape) {
        double[] values = new double[ours.length];
        for (int i = 0; i < ours.length; i++) {
            values[shape.length == 1 ? i : place(i, shape)] = ours[i];
        }
        return new Batch(values, shape);
    }

    private static int place(int ours, int... shape) {
        int pixels = shape[1] * shape[2];
        int image = ours / (shape[0] * pixels);
        int within = ours % (shape[0] * pixels);
        return image * shape[0] * pixels + within % shape[0] * pixels + within / shape[0];
    }

    private void same(Model model, Images data) {
        same(model, data, 20);
    }

    /** Trains for a moment, writes, computes in PyTorch's way, and reads back. */
    private void same(Model model, Images data, int steps) {
        Path file = directory.resolve("model.safetensors");
        try (Backend backend = Backends.open("auto", 1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 7)) {
            try (Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(8, 5), data)) {
                trainer.steps(steps);
            }
            TorchModel torch = new TorchModel(model, parameters, backend);
            torch.weights().save(file, parameters);
            Modules modules = new Modules(file, torch.config());
            int[] shape = ints(torch.config().getAsJsonArray("x"));
            Coder coder = new Coder(model, parameters, backend, 5);
            Images few = data.first(ROWS);
            Batch h = modules.sequential("encoder", modules.functions("before", theirs(few.copyRows(0, ROWS), shape)));
            close(coder.output(Model.POSTERIOR_MEAN, few, done -> {}), modules.head("mean", h).values);
            close(coder.output(Model.POSTERIOR_LOG_VARIANCE, few, done -> {}), modules.head("log_variance", h).values);
            float[] z = coder.prior(ROWS);
            close(theirs(coder.decode(z), shape).values, modules.functions("after", modules.sequential("decoder",
                    theirs(z, new int[] {z.length / ROWS}))).values);
            try (Parameters back = new Parameters(backend, model.graph().parameters(), 8)) {
                assertEquals(List.of(), new TorchModel(model, back, backend).weights().load(file, back));
                for (int i = 0; i < parameters.all().size(); i++) {
                    assertArrayEquals(parameters.all().get(i).value().toArray(), back.all().get(i).value().toArray());
                }
            }
        }
    }

    private static void close(float[] ours, double[] theirs) {
        double[] copy = new double[ours.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = ours[i];
        }
        close(copy, theirs);
    }

    private static void close(double[] ours, double[] theirs) {
        assertEquals(ours.length, theirs.length);
        double size = Arrays.stream(ours).map(Math::abs).average().orElseThrow();
        double worst = 0;
        for (int i = 0; i < ours.length; i++) {
            worst = Math.max(worst, Math.abs(ours[i] - theirs[i]) / Math.max(Math.abs(ours[i]), size));
        }
        System.out.printf("PyTorch's definitions: largest relative difference %.2g%n", worst);
        assertTrue(size > 0 && worst <= TOLERANCE, () -> "a largest relative difference above " + TOLERANCE);
    }

    private static Images drawn(int height, int width, int channels, boolean counts) {
        SplittableRandom random = new SplittableRandom(3);
        float[] x = new float[2 * ROWS * height * width * channels];
        for (int i = 0; i < x.length; i++) {
            x[i] = counts ? random.nextInt(1, 9) : (float) random.nextDouble();
        }
        return new Images("drawn", 2 * ROWS, height, width, channels, x);
    }

    @ParameterizedTest
    @EnumSource(names = {"BERNOULLI", "GAUSSIAN", "GAUSSIAN_SHARED", "GAUSSIAN_FIXED", "LAPLACE", "STUDENT_T",
            "SIGMA_VAE"})
    void dense(LikelihoodKind kind) {
        same(new Vae(VaeSettings.of(30, 4, 12, 9).withLikelihood(kind).withActivation(Activation.TANH)), drawn(1, 30,
                1, false));
    }

    @ParameterizedTest
    @EnumSource(names = {"POISSON", "NEGATIVE_BINOMIAL"})
    void counts(LikelihoodKind kind) {
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(kind)), drawn(1, 30, 1, true));
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(kind).withLibrarySize()), drawn(1, 30, 1, true));
    }

    /** Of an image of 30 x 23 with three channels the second convolution leaves a row out, the third a column. */
    @Test
    void convolutional() {
        for (Activation activation : List.of(Activation.RELU, Activation.SILU)) {
            same(new ConvolutionalVae(new ConvolutionalVae.Settings(30, 23, 3, List.of(5, 6, 7), 4, activation,
                    LikelihoodKind.BERNOULLI, false)), drawn(30, 23, 3, false));
        }
    }

    @Test
    void sprites() {
        Images data = Sprites.images(0, 64);
        same(new Vae(VaeSettings.of(data.columns(), 10, 100)), data, 100);
    }

    @Test
    void mnist() {
        String folder = System.getProperty("elbo4j.mnist");
        assumeTrue(folder != null, "skipped: needs MNIST; give its folder with -Delbo4j.mnist=DIR");
        Images digits = IdxReader.trainImages(Path.of(folder)).first(4096);
        same(new Vae(VaeSettings.of(784, 20, 400)), digits, 256);
        same(new ConvolutionalVae(new ConvolutionalVae.Settings(28, 28, 1, List.of(8, 16), 20, Activation.RELU,
                LikelihoodKind.BERNOULLI, false)), digits, 256);
    }

    @Test
    void refusedByName() {
        refuses("its encoder takes label and x, a chain of modules takes one", new ConditionalVae(
                new ConditionalVae.Settings(30, 3, List.of(5), 2, Activation.RELU,
                        LikelihoodKind.BERNOULLI, false, ConditionalVae.Prior.STANDARD)));
        refuses("'extraZeros' (Matmul.forward) takes something else than what the module before it has given", new Vae(
                VaeSettings.of(30, 2, 5).withLikelihood(LikelihoodKind.ZERO_INFLATED_NEGATIVE_BINOMIAL)));
        refuses("it has no output 'posterior.mean', only z, mean", new FlowVae(
                new FlowVae.Settings(30, List.of(5), 2, 1, 4, Activation.RELU, LikelihoodKind.BERNOULLI, false)));
        refuses("this model fits q(z) to each row", new LocalInference(new LocalInference.Settings(30, 5, List.of(5), 2,
                Activation.RELU, LikelihoodKind.BERNOULLI, false, 0.1, 10)));
        refuses("'h1'", new HierarchicalVae(new HierarchicalVae.Settings(30, List.of(8, 8), List.of(4, 2),
                Activation.TANH, false)));
    }

    private static void refuses(String part, Model model) {
        try (Backend backend = Backends.open("auto", 1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 7)) {
            String said = assertThrows(IllegalArgumentException.class, () -> new TorchModel(model, parameters, backend))
                    .getMessage();
            assertTrue(said.startsWith("cannot be written for PyTorch: ") && said.contains(part), said);
        }
    }
}
