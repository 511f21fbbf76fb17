package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.checkpoint.TensorHeader;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Layers of a graph and the modules of PyTorch's that compute the same, so that weights go from one to the other as
 * safetensors files. In Python:
 *
 * <pre>
 *   safetensors.torch.save_file(module.state_dict(), FILE)
 *   module.load_state_dict(safetensors.torch.load_file(FILE))
 * </pre>
 *
 * <p>Weights are copied to the bit, and come back as they were. Outputs agree but for the order of sums.
 *
 * <p>All layers here have a bias. For a module made with {@code bias=False} the layer must say so, as by
 * {@link TorchLinear#withoutBias}: loading makes its bias zeros then. A tensor that is missing is an error otherwise. A
 * bias is always written, for training may have changed it: a module that is to take it back needs one.
 */
public final class StateDict {
    private static final int SHOWN_NAMES = 8;

    private final List<TorchLayer> layers;

    /** @param layers those to carry, none null; other parameters stay as they are */
    public StateDict(TorchLayer... layers) {
        this.layers = Arrays.stream(requireGiven("layers", layers)).map(layer -> requireGiven("each of layers", layer))
                .toList();
    }

    /**
     * Reads the layers' parameters; nothing is changed if anything is wrong. What an optimiser keeps stays: load before
     * training.
     *
     * @param file whose tensors for these layers are of F32, F64, F16 or BF16, as float32 then; those that no layer
     *     reads may be of any type; see {@link Safetensors#weights}
     * @return the names of the file's other tensors, sorted
     * @throws CheckpointException if the file cannot be read, or a tensor is missing, has another shape or type, or
     *     a value that is not finite, or is there though a layer says that its module lacks it
     * @throws IllegalArgumentException if there is no such layer among the parameters, or it has another size
     */
    public List<String> load(Path file, Parameters parameters) {
        requireGiven("file", file);
        List<TorchTensor> tensors = tensors(parameters);
        Set<String> names = tensors.stream().filter(tensor -> tensor.absent() == null).map(TorchTensor::name).collect(
                Collectors.toSet());
        List<String> others = new ArrayList<>();
        Map<String, StoredTensor> stored = Safetensors.weights(file, found -> {
            tensors.forEach(tensor -> requireStored(file, tensor, found));
            others.addAll(found.keySet());
            others.removeAll(names);
            return names;
        });
        Map<Parameter, float[]> values = new LinkedHashMap<>();
        for (TorchTensor tensor : tensors) {
            float[] theirs = tensor.absent() == null ? finite(file, stored.get(tensor.name())) : constant(tensor);
            tensor.toOurs(theirs, values.computeIfAbsent(tensor.parameter(), p -> parameters.get(p).value().toArray()));
        }
        values.forEach((parameter, of) -> parameters.get(parameter).value().set(of));
        return List.copyOf(others);
    }

    private static float[] finite(Path file, StoredTensor tensor) {
        float[] values = tensor.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(file + ": tensor " + Quoted.of(tensor.name()) + " has " + values[i]
                        + " as its element " + i + ", expected finite numbers");
            }
        }
        return values;
    }

    private static float[] constant(TorchTensor tensor) {
        float[] values = new float[tensor.rows().length * tensor.columns().length];
        Arrays.fill(values, tensor.absent());
        return values;
    }

    /**
     * Writes the layers' parameters, as F32; a file that is there is replaced atomically.
     *
     * @throws CheckpointException if it cannot be written
     * @throws IllegalArgumentException if there is no such layer among the parameters, or it has another size
     */
    public void save(Path file, Parameters parameters) {
        requireGiven("file", file);
        List<StoredTensor> stored = new ArrayList<>();
        for (TorchTensor tensor : tensors(parameters)) {
            float[] values = new float[tensor.rows().length * tensor.columns().length];
            tensor.toTheirs(parameters.get(tensor.parameter()).value().toArray(), values);
            stored.add(new StoredTensor(tensor.name(), tensor.shape(), values));
        }
        Safetensors.write(file, Map.of(), stored);
    }

    private List<TorchTensor> tensors(Parameters parameters) {
        Map<String, Parameter> byName = new TreeMap<>();
        requireGiven("parameters", parameters).all().forEach(state -> byName.put(state.parameter().name(), state
                .parameter()));
        Function<String, Parameter> named = name -> {
            require(byName.containsKey(name), "a layer's parameter", "one of these: " + words(byName.keySet()), Quoted
                    .of(name));
            return byName.get(name);
        };
        List<TorchTensor> tensors = layers.stream().flatMap(layer -> requireGiven("the tensors of a layer", layer
                .tensors(
                        named))
                .stream()).map(tensor -> requireGiven("each tensor of a layer", tensor)).toList();
        requireDistinct(tensors);
        return tensors;
    }

    /** A module for two layers, or two for one, would be a slip. */
    private static void requireDistinct(List<TorchTensor> tensors) {
        Set<String> names = new HashSet<>();
        Map<Parameter, BitSet> taken = new HashMap<>();
        for (TorchTensor t : tensors) {
            require(names.add(t.name()), "modules", "named once each", Quoted.of(t.name()) + " twice");
            BitSet of = taken.computeIfAbsent(t.parameter(), p -> new BitSet());
            for (int i = 0; i < t.columns().length; i++) {
                for (int j = 0; j < t.rows().length; j++) {
                    int place = t.place(i, j);
                    require(!of.get(place), "layers", "named once each", Quoted.of(t.parameter().name()) + " twice");
                    of.set(place);
                }
            }
        }
    }

    private static void requireStored(Path file, TorchTensor tensor, Map<String, TensorHeader> stored) {
        TensorHeader found = stored.get(tensor.name());
        if (tensor.absent() != null) {
            if (found != null) {
                throw new CheckpointException(file + ": holds the tensor " + Quoted.of(tensor.name())
                        + ", expected none"
                        + " for '" + tensor.parameter().name() + "', whose module is said to lack it");
            }
            return;
        }
        if (found == null) {
            throw new CheckpointException(file + ": holds no tensor " + Quoted.of(tensor.name())
                    + (stored.isEmpty() ? " and no other" : ", but " + words(stored.keySet())));
        }
        try {
            found.requireFloats(tensor.shape());
        } catch (CheckpointException e) {
            throw new CheckpointException(file + ": " + e.getMessage() + " for '" + tensor.parameter().name() + "'", e);
        }
    }

    private static String words(Collection<String> names) {
        return names.isEmpty() ? "none" : names.stream().limit(SHOWN_NAMES).map(Quoted::of).collect(Collectors.joining(
                ", ", "", names.size() > SHOWN_NAMES ? " and " + (names.size() - SHOWN_NAMES) + " more" : ""));
    }
}
