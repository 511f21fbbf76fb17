package io.elbo4j.train.torch;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.layer.Convolution;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.TransposedConvolution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules made with {@code bias=False}, and with {@code elementwise_affine=False}. */
class AbsentTensorsTest {
    private static final ConvolutionShape SHAPE = new ConvolutionShape(4, 4, 2, 3, 2, 2, 2, 0);

    @TempDir
    Path dir;

    private final Graph g = new Graph();
    private final List<StoredTensor> weights = new ArrayList<>();
    private Backend backend;
    private Parameters parameters;

    @BeforeEach
    void describe() {
        backend = new JavaBackend(1);
        Dense.of("fc", g.input("a", 3), 4, Activation.IDENTITY);
        Convolution.of("conv", g.input("b", SHAPE.bigImage()), SHAPE, Activation.IDENTITY);
        TransposedConvolution.of("up", g.input("c", SHAPE.smallImage()), SHAPE, Activation.IDENTITY);
        Gru.of("rnn", g.input("d", 2, Rows.of(Axis.BATCH, Axis.TIME)), 4);
        new LayerNorm("half", 4).apply(g.input("e", 4));
        new LayerNorm("none", 4).apply(g.input("f", 4));
        parameters = new Parameters(backend, g.parameters(), 7);
        // nothing is what it will be
        parameters.all().forEach(state -> {
            float[] values = state.value().toArray();
            Arrays.fill(values, 9);
            state.value().set(values);
        });
    }

    @AfterEach
    void close() {
        parameters.close();
        backend.close();
    }

    private void tensor(String name, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Arrays.fill(values, weights.size() + 2);
        weights.add(new StoredTensor(name, shape, values));
    }

    private Path write() {
        Path file = dir.resolve("theirs");
        Safetensors.write(file, Map.of(), weights);
        return file;
    }

    private Map<String, float[]> values() {
        Map<String, float[]> values = new HashMap<>();
        parameters.all().forEach(state -> values.put(state.parameter().name(), state.value().toArray()));
        return values;
    }

    private static void all(float expected, float[] values) {
        float[] same = new float[values.length];
        Arrays.fill(same, expected);
        assertArrayEquals(same, values);
    }

    @Test
    void biasesAreZerosAndScalesOnes() {
        tensor("fc.weight", 4, 3);
        tensor("conv.weight", 3, 2, 2, 2);
        tensor("up.weight", 3, 2, 2, 2);
        tensor("rnn.weight_ih_l0", 12, 2);
        tensor("rnn.weight_hh_l0", 12, 4);
        tensor("half.weight", 4);
        StateDict dict = new StateDict(new TorchLinear("fc", "fc").withoutBias(), new TorchConv2d("conv", "conv",
                SHAPE).withoutBias(), new TorchConvTranspose2d("up", "up", SHAPE).withoutBias(), new TorchGru("rnn",
                        "rnn").withoutBias(), new TorchLayerNorm("half", "half").withoutBias(), new TorchLayerNorm(
                                "none", "none").withoutAffine());
        assertEquals(List.of(), dict.load(write(), parameters));
        Map<String, float[]> found = values();
        List<String> read = List.of("fc.weight", "conv.weight", "up.weight", "rnn.input.weight", "rnn.state.weight",
                "half.gamma");
        read.forEach(name -> all(read.indexOf(name) + 2, found.get(name)));
        List<String> zeros = List.of("fc.bias", "conv.bias", "up.bias", "rnn.input.bias", "rnn.state.bias", "half.beta",
                "none.beta");
        zeros.forEach(name -> all(0, found.get(name)));
        all(1, found.get("none.gamma"));
        assertEquals(found.size(), read.size() + zeros.size() + 1);

        Path ours = dir.resolve("ours");
        dict.save(ours, parameters);
        assertEquals(List.of("conv.bias", "conv.weight", "fc.bias", "fc.weight", "half.bias", "half.weight",
                "none.bias", "none.weight", "rnn.bias_hh_l0", "rnn.bias_ih_l0", "rnn.weight_hh_l0", "rnn.weight_ih_l0",
                "up.bias", "up.weight"), Safetensors.read(ours).tensors().stream().map(StoredTensor::name).toList());
    }

    /** In any order of what is said of a layer, and for all of its modules. */
    @Test
    void headsWithoutBias() {
        tensor("1.weight", 2, 3);
        tensor("2.weight", 2, 3);
        Path file = write();
        new StateDict(TorchLinear.heads("fc", "1", "2").withoutBias().withInputs(3, 1, 1).withOutputs(2, 1, 1)).load(
                file, parameters);
        assertArrayEquals(new float[] {2, 2, 3, 3, 2, 2, 3, 3, 2, 2, 3, 3}, values().get("fc.weight"));
        all(0, values().get("fc.bias"));
    }

    @Test
    void onlyWhereTheLayerSaysSo() {
        tensor("fc.weight", 4, 3);
        tensor("fc.biases", 4);
        Path file = write();
        TorchLinear layer = new TorchLinear("fc", "fc");
        assertSentence(file + ": holds no tensor 'fc.bias', but 'fc.biases', 'fc.weight'", () -> new StateDict(layer)
                .load(file, parameters));
        all(9, values().get("fc.weight"));
        assertEquals(List.of("fc.biases"), new StateDict(layer.withoutBias()).load(file, parameters));
        assertSentence(file + ": holds no tensor 'f.weight', but 'fc.biases', 'fc.weight'", () -> new StateDict(
                new TorchLinear("fc", "f").withoutBias()).load(file, parameters));
    }

    @Test
    void notWhereTheFileHasOne() {
        tensor("fc.weight", 4, 3);
        tensor("fc.bias", 4);
        tensor("none.weight", 4);
        Path file = write();
        assertSentence(file + ": holds the tensor 'fc.bias', expected none for 'fc.bias', whose module is said to lack"
                + " it", () -> new StateDict(new TorchLinear("fc", "fc").withoutBias()).load(file, parameters));
        assertSentence(file
                + ": holds the tensor 'none.weight', expected none for 'none.gamma', whose module is said to"
                + " lack it", () -> new StateDict(new TorchLayerNorm("none", "none").withoutAffine()).load(file,
                        parameters));
        all(9, values().get("fc.weight"));
    }
}
