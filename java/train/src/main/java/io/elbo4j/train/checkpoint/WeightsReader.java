package io.elbo4j.train.checkpoint;

import static io.elbo4j.ArgumentException.requireGiven;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads the tensors that are asked for, and of the others the header alone: see {@link Safetensors#weights}. */
final class WeightsReader implements SafetensorsReader.Visitor {
    private final Path file;
    private final Function<SortedMap<String, TensorHeader>, Collection<String>> choice;
    private final Map<String, StoredTensor> chosen = new LinkedHashMap<>();

    WeightsReader(Path file, Function<SortedMap<String, TensorHeader>, Collection<String>> choice) {
        this.file = requireGiven("file", file);
        this.choice = requireGiven("choice", choice);
    }

    Map<String, StoredTensor> read() {
        SafetensorsReader.read(file, FileRole.WEIGHTS, this);
        return chosen;
    }

    @Override
    public void header(SafetensorsHeader header) {
        Map<String, TensorEntry> entries = header.byName();
        SortedMap<String, TensorHeader> shown = new TreeMap<>();
        entries.forEach((name, t) -> shown.put(name, new TensorHeader(name, t.dtype().name(), t.shape())));
        for (String name : requireGiven("what choice returns", choice.apply(shown))) {
            TensorEntry entry = entries.get(requireGiven("each name that choice returns", name));
            if (entry == null) {
                throw new CheckpointException(file + ": holds no tensor '" + name + "'");
            }
            try {
                shown.get(name).requireFloats(entry.shape());
            } catch (CheckpointException e) {
                throw new CheckpointException(file + ": " + e.getMessage(), e);
            }
            chosen.put(name, new StoredTensor(name, entry.shape(), new float[entry.length(file)]));
        }
    }

    @Override
    public boolean wants(TensorEntry tensor) {
        return chosen.containsKey(tensor.name());
    }

    @Override
    public void piece(TensorEntry tensor, long from, ByteBuffer values) {
        if (wants(tensor)) {
            tensor.decode(file, values, chosen.get(tensor.name()).values(), (int) from);
        }
    }
}
