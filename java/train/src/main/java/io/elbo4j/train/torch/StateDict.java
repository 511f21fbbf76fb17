package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.checkpoint.Safetensors;
import io.elbo4j.train.checkpoint.StoredTensor;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
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
import java.util.stream.Stream;

/**
 * Layers of a graph and the modules of PyTorch's that compute the same, so that weights go from one to the other as
 * safetensors files. In Python:
 *
 * <pre>
 *   safetensors.torch.save_file(module.state_dict(), FILE)
 *   module.load_state_dict(safetensors.torch.load_file(FILE))
 * </pre>
 *
 * <p>Weights are copied to the bit, and come back as they were. Outputs agree but for the order of sums. A module made
 * with {@code bias=False} has no bias to read: ours have one.
 */
public final class StateDict {
    private static final int SHOWN_NAMES = 8;

    private final List<TorchLayer> layers;

    /** @param layers those to carry; other parameters stay as they are */
    public StateDict(TorchLayer... layers) {
        this.layers = List.of(layers);
    }

    /**
     * Reads the layers' parameters; nothing is changed if anything is wrong. What an optimiser keeps stays: load before
     * training.
     *
     * @param file of elements F32, F64, F16 or BF16, beside them I64: a file with a tensor of any other type, as BOOL,
     *     is refused, whether a layer reads it or not; see {@link Safetensors#read(Path, boolean)}
     * @return the names of the file's other tensors, sorted
     * @throws CheckpointException if the file cannot be read, or a tensor is missing or has another shape
     * @throws IllegalArgumentException if there is no such layer among the parameters, or it has another size
     */
    public List<String> load(Path file, Parameters parameters) {
        List<TorchTensor> tensors = tensors(parameters);
        Safetensors.Content content = Safetensors.read(file, true);
        Map<String, StoredTensor> stored = new TreeMap<>();
        content.tensors().forEach(tensor -> stored.put(tensor.name(), tensor));
        tensors.forEach(tensor -> requireStored(file, tensor, stored));
        Map<Parameter, float[]> values = new LinkedHashMap<>();
        for (TorchTensor tensor : tensors) {
            tensor.toOurs(stored.get(tensor.name()).values(), values.computeIfAbsent(tensor.parameter(), p -> parameters
                    .get(p).value().toArray()));
        }
        values.forEach((parameter, of) -> parameters.get(parameter).value().set(of));
        Set<String> read = tensors.stream().map(TorchTensor::name).collect(Collectors.toSet());
        return Stream.concat(stored.keySet().stream(), content.integers().stream().map(i -> i.name())).filter(
                name -> !read.contains(name)).sorted().toList();
    }

    /**
     * Writes the layers' parameters, as F32; a file that is there is replaced atomically.
     *
     * @throws CheckpointException if it cannot be written
     * @throws IllegalArgumentException if there is no such layer among the parameters, or it has another size
     */
    public void save(Path file, Parameters parameters) {
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
        parameters.all().forEach(state -> byName.put(state.parameter().name(), state.parameter()));
        Function<String, Parameter> named = name -> {
            require(byName.containsKey(name), "a layer's parameter", "one of these: " + words(byName.keySet()), Quoted
                    .of(name));
            return byName.get(name);
        };
        List<TorchTensor> tensors = layers.stream().flatMap(layer -> layer.tensors(named).stream()).toList();
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

    private static void requireStored(Path file, TorchTensor tensor, Map<String, StoredTensor> stored) {
        StoredTensor found = stored.get(tensor.name());
        if (found == null) {
            throw new CheckpointException(file + ": holds no floating-point tensor " + Quoted.of(tensor.name())
                    + (stored.isEmpty() ? " and no other" : ", but " + words(stored.keySet())));
        }
        try {
            found.requireShape(tensor.shape());
        } catch (CheckpointException e) {
            throw new CheckpointException(file + ": " + e.getMessage() + " for '" + tensor.parameter().name() + "'", e);
        }
    }

    private static String words(Collection<String> names) {
        return names.isEmpty() ? "none" : names.stream().limit(SHOWN_NAMES).map(Quoted::of).collect(Collectors.joining(
                ", ", "", names.size() > SHOWN_NAMES ? " and " + (names.size() - SHOWN_NAMES) + " more" : ""));
    }
}
