package io.elbo4j.train.onnx;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The encoder and the decoder of a trained model as ONNX models (opset 17), for any number of rows. What is written is
 * what a step runs, operation by operation: a layer of one's own needs nothing more as long as it launches operations
 * that have a counterpart. Numbers agree but for the order of sums.
 *
 * <p>What the model does to x, as log(x + 1) of counts, is in the graph, and so is the standardisation; means of x are
 * of the data as given. But a model that binarises takes x as zeros and ones: to draw them is left to the caller.
 */
public final class Onnx {
    private static final String ENCODER = "encoder";
    private static final String DECODER = "decoder";
    private static final String DRAW = "zeros and ones: draw them from grey values with these as probabilities";

    private final Model model;
    private final Parameters parameters;
    private final Backend backend;
    private final Standardisation standardisation;

    /**
     * @param parameters trained ones, in the backend's memory
     * @param standardisation that of the training data
     */
    public Onnx(Model model, Parameters parameters, Backend backend, Standardisation standardisation) {
        this.model = requireGiven("model", model);
        this.parameters = requireGiven("parameters", parameters);
        this.backend = requireGiven("backend", backend);
        this.standardisation = requireGiven("standardisation", standardisation);
    }

    /**
     * From x, and other inputs by their names, to the mean of q(z | x), and its log-variance where it has one.
     *
     * @param metadata of the file, in the order of its entries
     * @return the file
     * @throws IllegalArgumentException in the rest of a sentence that begins "the encoder": if the model has no such
     *     output, fits q to each row, or computes it by what has no counterpart in ONNX
     */
    public byte[] encoder(Map<String, String> metadata) {
        if (model.local().isPresent()) {
            throw new IllegalArgumentException("cannot be written as ONNX: this model fits q(z) to each row of the data"
                    + " at hand");
        }
        Map<String, Value> wanted = outputs(Model.POSTERIOR_MEAN, Model.POSTERIOR_LOG_VARIANCE);
        // zeros and ones are drawn outside
        Set<Value> drawn = model.graph().all(Binarise.class).stream().filter(v -> v.inputs().get(0) instanceof Input)
                .collect(Collectors.toSet());
        return write(ENCODER, wanted, drawn, metadata);
    }

    /**
     * From z, and other inputs by their names, to the mean of p(x | z), of a library of size 1 where the mean is of
     * x's.
     *
     * @param metadata of the file, in the order of its entries
     * @return the file
     * @throws IllegalArgumentException in the rest of a sentence that begins "the decoder": if the model has no such
     *     output, or computes it by what has no counterpart in ONNX, as by draws between z and x
     */
    public byte[] decoder(Map<String, String> metadata) {
        Value z = outputs(Model.Z).get(Model.Z);
        String name = model.outputs().containsKey(Model.GENERATED_MEAN) ? Model.GENERATED_MEAN : Model.MEAN;
        return write(DECODER, Map.of(Model.MEAN, outputs(name).get(name)), Set.of(z), metadata);
    }

    /** The first, and those of the others that the model has. */
    private Map<String, Value> outputs(String first, String... others) {
        Map<String, Value> all = model.outputs();
        if (!all.containsKey(first)) {
            throw new IllegalArgumentException("cannot be written: the model has no output '" + first + "', only "
                    + String.join(", ", all.keySet()));
        }
        Map<String, Value> found = new LinkedHashMap<>(Map.of(first, all.get(first)));
        List.of(others).stream().filter(all::containsKey).forEach(name -> found.put(name, all.get(name)));
        return found;
    }

    private byte[] write(String part, Map<String, Value> wanted, Set<Value> given, Map<String, String> metadata) {
        boolean fromPriors = part.equals(DECODER);
        StepBuilder builder = Step.of(model.graph(), parameters, backend).rows(Translation.ROWS).keepAll().given(given
                .toArray(Value[]::new)).want(wanted.values().toArray(Value[]::new));
        OnnxGraph onnx = new OnnxGraph(part);
        Translation translation = new Translation(onnx, wanted.keySet());
        Standardised standardised = new Standardised(standardisation, onnx);
        try (Step step = (fromPriors ? builder.fromPriors() : builder).compile()) {
            inputs(wanted, given, fromPriors).forEach((name, value) -> {
                onnx.input(name, value.columnsOfRow(), value instanceof Binarise ? DRAW : "");
                translation.given(step.value(value), name, name.equals(Images.X) ? standardised.apply(name) : name);
            });
            step.forEachLaunch(translation::add);
            wanted.forEach((name, value) -> {
                String tensor = translation.read(step.value(value));
                onnx.node("Identity", "the output " + name, List.of(fromPriors ? standardised.undo(tensor) : tensor),
                        name, List.of());
                onnx.output(name, value.columnsOfRow(), "");
            });
        }
        return onnx.toByteArray(metadata);
    }

    /** The decoder's z has that name; what is drawn of an input the input's, where that is not needed itself. */
    private Map<String, Value> inputs(Map<String, Value> wanted, Set<Value> given, boolean fromPriors) {
        Map<String, Value> inputs = new LinkedHashMap<>();
        Inputs.needed(Set.copyOf(wanted.values()), given, fromPriors).forEach(input -> inputs.put(input.name(), input));
        given.forEach(v -> inputs.putIfAbsent(fromPriors ? Model.Z : v.inputs().get(0).name(), v));
        return inputs;
    }
}
