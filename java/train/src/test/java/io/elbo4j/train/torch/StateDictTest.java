package io.elbo4j.train.torch;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredIntegers;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Convolution;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.DenseOfMembers;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.TransposedConvolution;
import io.elbo4j.train.torch.PyTorch.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Weights in PyTorch's layouts, and our layers with them against PyTorch's definitions in plain loops. */
class StateDictTest {
    private static final int N = 3;
    private static final long SEED = 20;

    @TempDir
    Path dir;

    private final Random random = new Random(SEED);
    private final Map<String, StoredTensor> weights = new LinkedHashMap<>();
    private final Graph g = new Graph();
    private Backend backend;

    @BeforeEach
    void open() {
        backend = new JavaBackend(1);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private float[] random(String name, long... shape) {
        float[] values = numbers((int) Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        weights.put(name, new StoredTensor(name, shape, values));
        return values;
    }

    private static double[] doubles(float[] x) {
        double[] doubles = new double[x.length];
        Arrays.setAll(doubles, i -> x[i]);
        return doubles;
    }

    private static float[] floats(double[] x) {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            floats[i] = (float) x[i];
        }
        return floats;
    }

    private Path write() {
        Path file = dir.resolve("theirs.safetensors");
        Safetensors.write(file, Map.of(), List.copyOf(weights.values()));
        return file;
    }

    private float[] run(Parameters parameters, float[] x, Value wanted, long steps) {
        try (Matrix data = backend.matrix(N, x.length / N).set(x);
                Step step = Step.of(g, parameters, backend).rows(N).length(steps).read(data).want(wanted).compile()) {
            step.rows(IntStream.range(0, N).toArray(), 0).run(0);
            return step.value(wanted).toArray();
        }
    }

    /** Reads what {@link #random} made, compares what a value then is, and writes it back: the same bits. */
    private void check(double[] expected, float[] x, Value wanted, TorchLayer... layers) {
        check(expected, x, wanted, 1, layers);
    }

    private void check(double[] expected, float[] x, Value wanted, long steps, TorchLayer... layers) {
        StateDict dict = new StateDict(layers);
        try (Parameters parameters = new Parameters(backend, g.parameters(), 7)) {
            assertEquals(List.of(), dict.load(write(), parameters));
            float[] found = run(parameters, x, wanted, steps);
            assertEquals(expected.length, found.length);
            double most = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], 1e-5 * most, "seed " + SEED + ", value " + i);
            }
            Path ours = dir.resolve("ours.safetensors");
            dict.save(ours, parameters);
            Map<String, StoredTensor> written = new LinkedHashMap<>();
            Safetensors.read(ours).tensors().forEach(tensor -> written.put(tensor.name(), tensor));
            assertEquals(weights.keySet().stream().sorted().toList(), written.keySet().stream().sorted().toList());
            weights.forEach((name, tensor) -> {
                assertArrayEquals(tensor.shape(), written.get(name).shape(), name);
                assertArrayEquals(tensor.values(), written.get(name).values(), name);
            });
        }
    }

    @Test
    void linear() {
        float[] x = numbers(N * 5);
        Value y = Dense.of("ours", g.input("x", 5), 4, Activation.IDENTITY);
        double[] expected = PyTorch.linear(doubles(x), N, 5, random("net.0.weight", 4, 5), random("net.0.bias", 4));
        check(expected, x, y, new TorchLinear("ours", "net.0"));
    }

    @Test
    void twoHeadsInOneLayer() {
        float[] x = numbers(N * 5);
        DiagonalGaussian q = DiagonalGaussian.of("q", g.input("x", 5), 2);
        TorchLayer layer = TorchLinear.heads("q", "mu", "log_var");
        double[] mean = PyTorch.linear(doubles(x), N, 5, random("mu.weight", 2, 5), random("mu.bias", 2));
        double[] logVariance = PyTorch.linear(doubles(x), N, 5, random("log_var.weight", 2, 5), random("log_var.bias",
                2));
        check(mean, x, q.mean(), layer);
        check(logVariance, x, q.logVariance(), layer);
    }

    @Test
    void members() {
        float[] x = numbers(N * 4);
        Value y = DenseOfMembers.of("q", 2, g.input("x", 4), 3, Activation.IDENTITY);
        double[][] of = new double[2][];
        for (int m = 0; m < 2; m++) {
            of[m] = PyTorch.linear(doubles(x), N, 4, random(m + ".weight", 3, 4), random(m + ".bias", 3));
        }
        double[] expected = new double[N * 6];
        Arrays.setAll(expected, i -> of[i / 3 % 2][i / 6 * 3 + i % 3]);
        check(expected, x, y, new TorchLinear("q.0", "0"), new TorchLinear("q.1", "1"));
    }

    @Test
    void layerNorm() {
        float[] x = numbers(N * 6);
        Value y = new LayerNorm("ours", 6).apply(g.input("x", 6));
        check(PyTorch.layerNorm(doubles(x), N, random("norm.weight", 6), random("norm.bias", 6)), x, y,
                new TorchLayerNorm("ours", "norm"));
    }

    /** A kernel that is not square, on images that are not, and a linear layer on what it gives, flattened. */
    @Test
    void convolutionAndLinear() {
        ConvolutionShape s = new ConvolutionShape(7, 6, 2, 5, 3, 4, 2, 1);
        Size in = new Size(2, 7, 6);
        Size out = new Size(5, 4, 3);
        double[] x = doubles(numbers(N * in.values()));
        Value convolved = Convolution.of("ours", g.input("x", s.bigImage()), s, Activation.IDENTITY);
        Value y = Dense.of("head", convolved, 4, Activation.IDENTITY);
        double[] images = PyTorch.conv2d(x, N, in, out, 3, 4, 2, 1, random("net.0.weight", 5, 2, 3, 4), random(
                "net.0.bias", 5));
        double[] expected = PyTorch.linear(images, N, out.values(), random("net.2.weight", 4, 60), random("net.2.bias",
                4));
        float[] ours = floats(PyTorch.nhwc(x, N, in));
        TorchLayer[] layers = {new TorchConv2d("ours", "net.0", s), new TorchLinear("head", "net.2").withInputs(5, 4,
                3)};
        check(PyTorch.nhwc(images, N, out), ours, convolved, layers);
        check(expected, ours, y, layers);
    }

    /** The big image is one row beyond what the small one needs: PyTorch's output_padding. */
    @Test
    void linearAndTransposedConvolution() {
        ConvolutionShape s = new ConvolutionShape(8, 6, 2, 5, 3, 4, 2, 1);
        Size in = new Size(5, 4, 3);
        Size out = new Size(2, 8, 6);
        float[] x = numbers(N * 7);
        Value dense = Dense.of("first", g.input("x", 7), s.smallImage(), Activation.IDENTITY);
        Value y = TransposedConvolution.of("ours", dense, s, Activation.IDENTITY);
        double[] images = PyTorch.linear(doubles(x), N, 7, random("fc.weight", 60, 7), random("fc.bias", 60));
        double[] expected = PyTorch.convTranspose2d(images, N, in, out, 3, 4, 2, 1, random("up.weight", 5, 2, 3, 4),
                random("up.bias", 2));
        TorchLayer[] layers = {new TorchLinear("first", "fc").withOutputs(5, 4, 3), new TorchConvTranspose2d("ours",
                "up", s)};
        check(PyTorch.nhwc(images, N, in), x, dense, layers);
        check(PyTorch.nhwc(expected, N, out), x, y, layers);
    }

    private double[] cell(String name, String suffix, int inputs, int units, double[] x, double[] h) {
        for (String[] matrix : new String[][] {{"weight_ih", "" + inputs}, {"weight_hh", "" + units}}) {
            if (!weights.containsKey(name + matrix[0] + suffix)) {
                random(name + matrix[0] + suffix, 3L * units, Long.parseLong(matrix[1]));
                random(name + matrix[0].replace("weight", "bias") + suffix, 3L * units);
            }
        }
        return PyTorch.gruCell(x, h, N, weights.get(name + "weight_ih" + suffix).values(), weights.get(name
                + "weight_hh" + suffix).values(), weights.get(name + "bias_ih" + suffix).values(), weights.get(name
                        + "bias_hh" + suffix).values());
    }

    @Test
    void gruCell() {
        float[] x = numbers(N * 5);
        float[] h = new float[N * 4];
        float[] state = new float[N];
        for (int n = 0; n < N; n++) {
            System.arraycopy(x, n * 5 + 1, h, n * 4, 4);
            state[n] = x[n * 5];
        }
        Value both = g.input("x", 5);
        Value y = new Gru("ours", 1, 4).step(Slice.of("in", both, 0, 1),
                Slice.of("state", both, 1, 5));
        check(cell("", "", 1, 4, doubles(state), doubles(h)), x, y, TorchGru.cell("ours", ""));
    }

    /** Two layers over three steps. */
    @Test
    void gruOfTwoLayers() {
        int steps = 3;
        float[] x = numbers(N * steps * 2);
        Value sequence = g.input("x", 2, Rows.of(Axis.BATCH, Axis.TIME));
        Value y = Gru.of("second", Gru.of("first", sequence, 4), 5);
        double[] first = new double[N * 4];
        double[] second = new double[N * 5];
        double[] expected = new double[N * steps * 5];
        for (int t = 0; t < steps; t++) {
            double[] now = new double[N * 2];
            for (int n = 0; n < N; n++) {
                for (int i = 0; i < 2; i++) {
                    now[n * 2 + i] = x[(n * steps + t) * 2 + i];
                }
            }
            first = cell("rnn.", "_l0", 2, 4, now, first);
            second = cell("rnn.", "_l1", 4, 5, first, second);
            for (int n = 0; n < N; n++) {
                System.arraycopy(second, n * 5, expected, (n * steps + t) * 5, 5);
            }
        }
        check(expected, x, y, steps, new TorchGru("first", "rnn"), TorchGru.stacked("second", "rnn", 1));
    }

    private Parameters twoDense() {
        Value h = Dense.of("a", g.input("x", 12), 12, Activation.IDENTITY);
        Dense.of("b", h, 12, Activation.IDENTITY);
        return new Parameters(backend, g.parameters(), 7);
    }

    @Test
    void whatIsNotNamedStaysAndIsReported() {
        try (Parameters parameters = twoDense()) {
            random("fc.weight", 12, 12);
            random("fc.bias", 12);
            random("other", 3);
            Path file = dir.resolve("f");
            Safetensors.write(file, Map.of(), List.copyOf(weights.values()), List.of(new StoredIntegers(
                    "num_batches_tracked", new long[0], new long[1], false)));
            List<float[]> before = values(parameters);
            assertEquals(List.of("num_batches_tracked", "other"), new StateDict(new TorchLinear("a", "fc")).load(file,
                    parameters));
            List<float[]> after = values(parameters);
            assertEquals(weights.get("fc.bias").values()[3], after.get(1)[3]);
            assertArrayEquals(before.get(2), after.get(2));
            assertArrayEquals(before.get(3), after.get(3));
        }
    }

    /** An option changes the result. */
    @Test
    void theOrderOfImagesCounts() {
        try (Parameters parameters = twoDense()) {
            random("fc.weight", 12, 12);
            random("fc.bias", 12);
            Path file = write();
            TorchLinear plain = new TorchLinear("a", "fc");
            List<float[]> seen = List.of(plain, plain.withInputs(2, 3, 2), plain.withOutputs(2, 3, 2)).stream().map(
                    layer -> {
                        new StateDict(layer).load(file, parameters);
                        return values(parameters).get(0);
                    }).toList();
            for (int i = 0; i < 3; i++) {
                assertNotEquals(Arrays.toString(seen.get(i)), Arrays.toString(seen.get((i + 1) % 3)));
            }
        }
    }

    private static List<float[]> values(Parameters parameters) {
        return parameters.all().stream().map(state -> state.value().toArray()).toList();
    }

    /** The second layer is wrong: the first has not been touched either. */
    @Test
    void filesThatDoNotFit() {
        try (Parameters parameters = twoDense()) {
            List<float[]> before = values(parameters);
            random("fc.weight", 12, 12);
            random("fc.bias", 12);
            random("other.weight", 2, 72);
            random("other.bias", 12);
            Path file = write();
            assertSentence(file + ": tensor 'other.weight' has the shape [2, 72], expected [12, 12] for 'b.weight'",
                    () -> new StateDict(new TorchLinear("a", "fc"), new TorchLinear("b", "other")).load(file,
                            parameters));
            assertSentence(file + ": holds no tensor 'none.weight', but 'fc.bias', 'fc.weight',"
                    + " 'other.bias', 'other.weight'", () -> new StateDict(new TorchLinear("a", "fc"), new TorchLinear(
                            "b", "none")).load(file, parameters));
            Path integers = dir.resolve("integers");
            Safetensors.write(integers, Map.of(), List.of(weights.get("fc.weight")), List.of(new StoredIntegers(
                    "fc.bias", new long[] {12}, new long[12], false)));
            assertSentence(integers + ": tensor 'fc.bias' has the dtype I64, expected one of [F64, F32, F16, BF16] for"
                    + " 'a.bias'", () -> new StateDict(new TorchLinear("a", "fc")).load(integers, parameters));
            Path none = dir.resolve("none");
            assertSentence(none + ": no such file, expected a safetensors file of weights", () -> new StateDict().load(
                    none, parameters));
            for (int i = 0; i < before.size(); i++) {
                assertArrayEquals(before.get(i), values(parameters).get(i));
            }
        }
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void layersThatDoNotFit() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "not touched");
        ConvolutionShape s = new ConvolutionShape(4, 4, 1, 12, 3, 3, 1, 1);
        try (Parameters parameters = twoDense()) {
            refused("a layer's parameter must be one of these: 'a.bias', 'a.weight', 'b.bias', 'b.weight', not"
                    + " 'c.weight'", () -> save(file, parameters, new TorchLinear("c", "fc")));
            refused("inputs of layer 'a' must be 12 values, channels x height x width, not 18", () -> save(file,
                    parameters, new TorchLinear("a", "fc").withInputs(2, 3, 3)));
            refused("the columns of 'a.weight' must be a multiple of 5, the number of modules, not 12", () -> save(file,
                    parameters, TorchLinear.heads("a", "0", "1", "2", "3", "4")));
            refused("'a.weight' must be 9 x 12 for 'conv.weight', not 12 x 12", () -> save(file, parameters,
                    new TorchConv2d("a", "conv", s)));
            refused("layers must be named once each, not 'a.weight' twice", () -> save(file, parameters,
                    new TorchLinear("a", "0"), new TorchLinear("a", "1")));
            refused("modules must be named once each, not '0.weight' twice", () -> save(file, parameters,
                    new TorchLinear("a", "0"), new TorchLinear("b", "0")));
            refused("height must be at least 1, not 0", () -> new TorchLinear("a", "0").withInputs(1, 0, 1));
            refused("channels x height x width must be at most 2^31 - 9, not 3.2768E9", () -> new TorchLinear("a", "0")
                    .withInputs(50, 8192, 8000));
            refused("modules must be at least one, not none", () -> TorchLinear.heads("a"));
            refused("number must be at least 0, not -1", () -> TorchGru.stacked("a", "rnn", -1));
        }
        assertEquals("not touched", Files.readString(file));
    }

    private static void save(Path file, Parameters parameters, TorchLayer... layers) {
        new StateDict(layers).save(file, parameters);
    }

    /** A layer of a user's own: an array that fits nothing is refused. */
    @Test
    void tensorsThatDoNotFit() {
        try (Parameters parameters = twoDense()) {
            Parameter bias = parameters.all().get(1).parameter();
            refused("the shape of 'x' must be 2 by 1 elements, not [2, 2]", () -> new TorchTensor("x", new long[] {2,
                    2}, bias, new int[] {0}, new int[] {0, 1}));
            refused("columns of 'x' must be below 12, each once, not 12", () -> new TorchTensor("x", new long[] {2},
                    bias, new int[] {0}, new int[] {0, 12}));
            refused("columns of 'x' must be below 12, each once, not 3", () -> new TorchTensor("x", new long[] {2},
                    bias, new int[] {0}, new int[] {3, 3}));
            TorchTensor tensor = new TorchTensor("x", new long[] {2}, bias, new int[] {0}, new int[] {3, 1});
            refused("theirs must be of 2 values, not 1", () -> tensor.toOurs(new float[1], new float[12]));
            refused("ours must be of 12 values, not 2", () -> tensor.toTheirs(new float[2], new float[2]));
            float[] ours = new float[12];
            tensor.toOurs(new float[] {5, 6}, ours);
            assertArrayEquals(new float[] {0, 6, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0}, ours);
        }
    }

    @Test
    void sizesBelowZeroAreRefused() {
        io.elbo4j.train.graph.Parameter p = io.elbo4j.train.graph.Parameter.constant("p", 2, 2, 0);
        assertEquals("the shape of 't' must be of sizes of at least 0, not [2, -2, -1]", assertThrows(
                IllegalArgumentException.class, () -> new TorchTensor("t", new long[] {2, -2, -1}, p, new int[] {0, 1},
                        new int[] {0, 1})).getMessage());
        assertEquals("count must be 0 to 2^31 - 9, not -1", assertThrows(IllegalArgumentException.class,
                () -> Order.same(-1)).getMessage());
    }
}
