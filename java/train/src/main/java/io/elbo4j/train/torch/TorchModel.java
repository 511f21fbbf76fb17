package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.requireGiven;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Storage;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A VAE as modules of PyTorch: {@code encoder}, a Sequential from x to what the heads {@code mean} and {@code
 * log_variance} of q(z | x) take, and {@code decoder}, one from z to the mean of p(x | z). Where p(x | z) has a spread
 * beside each mean, as the log-variance of a Gaussian, that is the head {@code spread} of what the last module of the
 * decoder takes. Parameters that are no module's are in {@code other}.
 *
 * <p>Images are (channel, row, column) there. What the model does to x before the first module, and the decoder to what
 * the last one gives, are functions of torch's, element by element, which {@link #config} names.
 */
public final class TorchModel {
    private static final int ROWS = 2;

    private final Model model;
    private final Parameters parameters;
    private final Backend backend;
    private final List<TorchLayer> layers = new ArrayList<>();
    private final JsonObject config = new JsonObject();

    /**
     * Reads the model's layers off the launches of its steps.
     *
     * @param parameters in the backend's memory
     * @throws IllegalArgumentException in the rest of a sentence that begins with the model: if its encoder or its
     *     decoder is no chain of modules, or its q(z | x) no Gaussian whose parameters are two halves of one layer
     */
    public TorchModel(Model model, Parameters parameters, Backend backend) {
        this.model = requireGiven("model", model);
        this.parameters = requireGiven("parameters", parameters);
        this.backend = requireGiven("backend", backend);
        if (model.local().isPresent()) {
            throw new IllegalArgumentException("cannot be written for PyTorch: this model fits q(z) to each row of the"
                    + " data at hand");
        }
        JsonObject heads = new JsonObject();
        config.add("heads", heads);
        encoder(heads);
        decoder(heads);
        config.add("other", others());
    }

    /** What carries the weights, as they are in the model's state dict. */
    public StateDict weights() {
        return new StateDict(layers.toArray(TorchLayer[]::new));
    }

    /**
     * The modules, by which a script makes them: {@code x}, the shape of a row; {@code before}, functions of x; {@code
     * encoder}, {@code decoder} and {@code heads}, each module with its arguments; {@code after}, functions of what the
     * decoder gives; {@code other}, the shapes of the parameters that are no module's.
     */
    public JsonObject config() {
        return config.deepCopy();
    }

    private void encoder(JsonObject heads) {
        Value mean = output(Model.POSTERIOR_MEAN);
        Value logVariance = output(Model.POSTERIOR_LOG_VARIANCE);
        Value[] drawn = model.graph().all(Binarise.class).stream().filter(v -> v.inputs().get(0) instanceof Input)
                .toArray(Value[]::new);
        Set<Value> inputs = new HashSet<>(Arrays.asList(drawn));
        inputs.addAll(Inputs.needed(Set.of(mean, logVariance), inputs));
        try (Step step = step(b -> b.given(drawn).want(mean, logVariance))) {
            TorchChain chain = chain("encoder", step, inputs);
            if (!chain.gives(step.value(mean), step.value(logVariance))) {
                throw new IllegalArgumentException("cannot be written for PyTorch: the mean and the log-variance of"
                        + " q(z | x) are not the halves of a last dense layer");
            }
            List<JsonObject> halves = chain.divide("mean", "log_variance");
            heads.add("mean", halves.get(0));
            heads.add("log_variance", halves.get(1));
            config.add("x", TorchChain.list(chain.taking()));
            config.add("before", chain.before());
            config.add("encoder", chain.modules());
            layers.addAll(chain.layers());
        }
    }

    private void decoder(JsonObject heads) {
        Value z = output(Model.Z);
        Value mean = output(model.outputs().containsKey(Model.GENERATED_MEAN) ? Model.GENERATED_MEAN : Model.MEAN);
        Set<Value> inputs = new HashSet<>(Inputs.needed(Set.of(mean), Set.of(z), true));
        inputs.add(z);
        try (Step step = step(b -> b.given(z).fromPriors().want(mean))) {
            TorchChain chain = chain("decoder", step, inputs);
            if (chain.givesFirstHalf(step.value(mean))) {
                heads.add("spread", chain.divide(null, "spread").get(1));
            } else if (!chain.gives(step.value(mean)) || !chain.before().isEmpty()) {
                throw new IllegalArgumentException("cannot be written for PyTorch: the mean of p(x | z) is not what the"
                        + " last of a chain of modules gives");
            }
            config.add("decoder", chain.modules());
            config.add("after", chain.after());
            layers.addAll(chain.layers());
        }
    }

    private TorchChain chain(String path, Step step, Set<Value> inputs) {
        if (inputs.size() > 1) {
            throw new IllegalArgumentException("cannot be written for PyTorch: its " + path + " takes " + String.join(
                    " and ", inputs.stream().map(Value::name).sorted().toList()) + ", a chain of modules takes one");
        }
        Map<Storage, Parameter> byMemory = new HashMap<>();
        parameters.all().forEach(state -> byMemory.put(state.value().storage(), state.parameter()));
        TorchChain chain = new TorchChain(path, byMemory, step.value(inputs.iterator().next()));
        step.forEachLaunch(chain::add);
        return chain;
    }

    private Step step(Function<StepBuilder, StepBuilder> how) {
        return how.apply(Step.of(model.graph(), parameters, backend).rows(ROWS).keepAll()).compile();
    }

    private Value output(String name) {
        Value found = model.outputs().get(name);
        if (found == null) {
            throw new IllegalArgumentException("cannot be written for PyTorch: it has no output '" + name + "', only "
                    + String.join(", ", model.outputs().keySet()));
        }
        return found;
    }

    /** Names of PyTorch's parameters have no dots. */
    private JsonObject others() {
        Map<String, Parameter> byName = new HashMap<>();
        parameters.all().forEach(state -> byName.put(state.parameter().name(), state.parameter()));
        Set<Parameter> carried = new HashSet<>();
        layers.forEach(layer -> layer.tensors(byName::get).forEach(tensor -> carried.add(tensor.parameter())));
        JsonObject shapes = new JsonObject();
        for (Parameters.State state : parameters.all()) {
            Parameter parameter = state.parameter();
            if (!carried.contains(parameter)) {
                String name = parameter.name().replace('.', '_');
                layers.add(new TorchParameter(parameter.name(), "other." + name));
                JsonArray shape = new JsonArray();
                Arrays.stream(TorchParameter.shape(parameter)).forEach(shape::add);
                shapes.add(name, shape);
            }
        }
        return shapes;
    }
}
