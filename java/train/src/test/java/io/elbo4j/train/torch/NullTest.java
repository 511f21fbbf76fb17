package io.elbo4j.train.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.graph.Parameter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Null is refused by the argument's name, where it is given. */
class NullTest {
    private static void refused(String argument, Executable... calls) {
        for (Executable call : calls) {
            assertEquals(argument + " must be given, not null", assertThrows(IllegalArgumentException.class, call)
                    .getMessage());
        }
    }

    @Test
    void layers() {
        ConvolutionShape s = new ConvolutionShape(4, 4, 1, 1, 3, 3, 1, 1);
        refused("layer", () -> new TorchLinear(null, "m"), () -> TorchLinear.heads(null, "m"), () -> new TorchConv2d(
                null, "m", s), () -> new TorchConvTranspose2d(null, "m", s), () -> new TorchLayerNorm(null, "m"),
                () -> new TorchGru(null, "m"), () -> TorchGru.stacked(null, "m", 1), () -> TorchGru.cell(null, "m"));
        refused("module", () -> new TorchLinear("a", null), () -> new TorchConv2d("a", null, s),
                () -> new TorchConvTranspose2d("a", null, s), () -> new TorchLayerNorm("a", null), () -> new TorchGru(
                        "a", null), () -> TorchGru.stacked("a", null, 1), () -> TorchGru.cell("a", null));
        refused("shape", () -> new TorchConv2d("a", "m", null), () -> new TorchConvTranspose2d("a", "m", null));
        refused("suffix", () -> new TorchGru("a", "m", null));
        refused("modules", () -> TorchLinear.heads("a", (String[]) null));
        refused("each of modules", () -> TorchLinear.heads("a", "m", null));
    }

    @Test
    void dictionaries() {
        refused("layers", () -> new StateDict((TorchLayer[]) null));
        refused("each of layers", () -> new StateDict(new TorchLinear("a", "m"), null));
        StateDict dict = new StateDict();
        refused("parameters", () -> dict.load(Path.of("f"), null), () -> dict.save(Path.of("f"), null));
        refused("file", () -> dict.load(null, null), () -> dict.save(null, null));
    }

    @Test
    void tensors() {
        Parameter p = Parameter.constant("p", 1, 1, 0);
        int[] one = {0};
        long[] shape = {1};
        refused("name", () -> new TorchTensor(null, shape, p, one, one));
        refused("shape", () -> new TorchTensor("t", null, p, one, one));
        refused("parameter", () -> new TorchTensor("t", shape, null, one, one));
        refused("rows", () -> new TorchTensor("t", shape, p, null, one));
        refused("columns", () -> new TorchTensor("t", shape, p, one, null));
        TorchTensor tensor = new TorchTensor("t", shape, p, one, one);
        refused("theirs", () -> tensor.toOurs(null, new float[1]), () -> tensor.toTheirs(new float[1], null));
        refused("ours", () -> tensor.toOurs(new float[1], null), () -> tensor.toTheirs(null, new float[1]));
    }
}
