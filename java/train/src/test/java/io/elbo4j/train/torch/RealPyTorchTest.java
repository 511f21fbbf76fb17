package io.elbo4j.train.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Matrix;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Convolution;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.TransposedConvolution;
import io.elbo4j.train.torch.PyTorch.Size;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** modules.safetensors, which PyTorch wrote (modules.py made it): the same outputs here. */
class RealPyTorchTest {
    private static final Path FILE = Path.of("java/train/src/test/resources/pytorch/modules.safetensors");
    private static final ConvolutionShape SHAPE = new ConvolutionShape(8, 6, 2, 3, 4, 3, 2, 1);
    private static final Size IMAGE = new Size(2, 8, 6);

    private static final StateDict MODULES = new StateDict(
            new TorchConv2d("encoder.0", "encoder.0", SHAPE),
            new TorchLinear("encoder.1", "encoder.3").withInputs(3, 4, 3),
            new TorchLayerNorm("norm", "encoder.4"),
            TorchLinear.heads("q", "mean", "log_variance"),
            new TorchLinear("decoder.0", "decoder.0").withOutputs(3, 4, 3),
            new TorchConvTranspose2d("decoder.1", "decoder.3", SHAPE),
            new TorchGru("first", "rnn"),
            TorchGru.stacked("second", "rnn", 1),
            TorchGru.cell("cell", "cell"));

    private final Graph g = new Graph();
    private final Map<String, Value> outputs = new LinkedHashMap<>();

    private void describe() {
        Value h = Convolution.of("encoder.0", g.input("image", SHAPE.bigImage()), SHAPE, Activation.RELU);
        Value normal = LayerNorm.of("norm", Dense.of("encoder.1", h, 5, Activation.IDENTITY));
        DiagonalGaussian q = DiagonalGaussian.of("q", Activate.of(normal, Activation.ELU), 2);
        Value d = Dense.of("decoder.0", q.mean(), SHAPE.smallImage(), Activation.SILU);
        Value sequence = g.input("sequence", 2, Rows.of(Axis.BATCH, Axis.TIME));
        outputs.put("mean", q.mean());
        outputs.put("log_variance", q.logVariance());
        outputs.put("image", TransposedConvolution.of("decoder.1", d, SHAPE, Activation.IDENTITY));
        outputs.put("states", Gru.of("second", Gru.of("first", sequence, 4), 4));
        outputs.put("state", new Gru("cell", 3, 4).step(g.input("step", 3), g.input("state", 4)));
    }

    private static float[] nhwc(float[] images) {
        double[] doubles = new double[images.length];
        Arrays.setAll(doubles, i -> images[i]);
        double[] turned = PyTorch.nhwc(doubles, 2, IMAGE);
        float[] floats = new float[images.length];
        IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) turned[i]);
        return floats;
    }

    private static float[] ours(StoredTensor tensor) {
        return tensor.shape().length == 4 ? nhwc(tensor.values()) : tensor.values();
    }

    @Test
    void theSameOutputs() {
        describe();
        Safetensors.Content content = Safetensors.read(FILE, true);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            List<String> others = MODULES.load(FILE, parameters);
            assertEquals(List.of("in.image", "in.sequence", "in.state", "in.step", "out.image", "out.log_variance",
                    "out.mean", "out.state", "out.states"), others);
            Map<String, Matrix> data = others.stream().filter(name -> name.startsWith("in.")).collect(Collectors.toMap(
                    name -> name.substring(3), name -> {
                        float[] values = ours(content.tensor(name));
                        return backend.matrix(2, values.length / 2).set(values);
                    }));
            try (Step step = Step.of(g, parameters, backend).rows(2).length(3).read(new Source(data)).want(outputs
                    .values().toArray(Value[]::new)).compile()) {
                step.rows(new int[] {0, 1}, 0).run(0);
                outputs.forEach((name, value) -> {
                    float[] expected = ours(content.tensor("out." + name));
                    assertArrayEquals(expected, step.value(value).toArray(), 1e-5f, name);
                });
            }
            data.values().forEach(Matrix::close);
        }
    }

    /** What PyTorch stored in other types comes back as the float32 numbers that it computed with. */
    @Test
    void writtenBackToTheBit(@TempDir Path dir) {
        describe();
        Path file = dir.resolve("f");
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), 1)) {
            MODULES.load(FILE, parameters);
            MODULES.save(file, parameters);
        }
        Safetensors.Content expected = Safetensors.read(FILE, true);
        Safetensors.Content written = Safetensors.read(file);
        assertEquals(expected.tensors().size() - 9, written.tensors().size());
        for (StoredTensor tensor : written.tensors()) {
            assertArrayEquals(expected.tensor(tensor.name()).shape(), tensor.shape(), tensor.name());
            assertArrayEquals(expected.tensor(tensor.name()).values(), tensor.values(), tensor.name());
        }
    }
}
