package io.elbo4j.train.torch;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Activation;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Convolution;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.Softmax;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The launches of a step as the modules of a {@code torch.nn.Sequential}, each of which takes what the one before it
 * has given. Elementwise functions that are no modules may come before all of them, and after.
 */
final class TorchChain {
    /** A layer of Linear, which a layer after it may say more of. */
    private record Linear(String layer, String module, long inputs, long outputs, int @Nullable [] of) {
        TorchLinear torch(String... modules) {
            TorchLinear linear = TorchLinear.heads(layer, modules);
            return of == null ? linear : linear.withInputs(of[0], of[1], of[2]);
        }
    }

    private final String path;
    private final Map<Storage, Parameter> parameters;
    private final JsonArray before = new JsonArray();
    private final JsonArray modules = new JsonArray();
    private final JsonArray after = new JsonArray();
    private final Map<String, TorchLayer> layers = new LinkedHashMap<>();
    private Matrix at;
    /** (channels, rows, columns) where what was given last is an image. */
    private int @Nullable [] image;
    private int @Nullable [] taking;
    /** The last Linear, as long as all that came after it goes element by element. */
    private @Nullable Linear linear;
    private boolean endsInLinear;
    private String place = "";

    /**
     * @param path the name of the Sequential in the state dict
     * @param parameters by their memory
     * @param input what the first module takes
     */
    TorchChain(String path, Map<Storage, Parameter> parameters, Matrix input) {
        this.path = path;
        this.parameters = parameters;
        this.at = input;
    }

    void add(Node node, Launch launch) {
        place = "'" + node.name() + "' (" + launch.name() + ")";
        boolean wasLinear = endsInLinear;
        endsInLinear = false;
        if (launch.body() instanceof Matmul.Forward op && op.bias() != null) {
            dense(op);
        } else if (launch.body() instanceof Convolution.Gather op && op.bias() != null) {
            convolution("Conv2d", op.shape(), op.big(), op.weight(), op.relu(), op.small());
        } else if (launch.body() instanceof Convolution.Spread op && op.bias() != null) {
            convolution("ConvTranspose2d", op.shape(), op.small(), op.weight(), op.relu(), op.big());
        } else if (launch.body() instanceof LayerNorm.Forward op && op.mean() != null && image == null) {
            normalisation(op);
        } else if (launch.body() instanceof Softmax.Forward op && image == null) {
            module("Softmax", op.x(), op.y()).addProperty("dim", 1);
        } else if (launch.body() instanceof Softmax.LogForward op && image == null) {
            module("LogSoftmax", op.x(), op.y()).addProperty("dim", 1);
        } else if (launch.body() instanceof Elementwise.Apply op) {
            elementwise(op.function(), op.x(), op.y());
            endsInLinear = wasLinear && op.function() == Activation.IDENTITY;
        } else if (launch.body() instanceof Arithmetic.Scale op) {
            scale(op);
        } else {
            throw refused("is no module in a chain of modules");
        }
    }

    private void dense(Matmul.Forward op) {
        taking = modules.isEmpty() ? new int[] {Math.toIntExact(op.a().columns())} : taking;
        int[] of = image;
        if (of != null) {
            module("Flatten");
        }
        String layer = layer(op.b(), ".weight");
        linear = new Linear(layer, next(), op.b().rows(), op.b().columns(), of);
        layers.put(linear.module, linear.torch(linear.module));
        JsonObject arguments = module("Linear", op.a(), op.c());
        arguments.addProperty("in_features", op.b().rows());
        arguments.addProperty("out_features", op.b().columns());
        image = null;
        relu(op.relu());
        endsInLinear = !op.relu();
    }

    private void convolution(String type, ConvolutionShape s, Matrix x, Matrix weight, boolean relu, Matrix y) {
        boolean transposed = type.equals("ConvTranspose2d");
        int[] small = {s.smallChannels(), s.smallRows(), s.smallColumns()};
        int[] big = {s.bigChannels(), s.bigRows(), s.bigColumns()};
        image(transposed ? small : big);
        String layer = layer(weight, ".weight");
        layers.put(next(), transposed ? new TorchConvTranspose2d(layer, next(), s) : new TorchConv2d(layer, next(), s));
        JsonObject arguments = module(type, x, y);
        arguments.addProperty("in_channels", transposed ? s.smallChannels() : s.bigChannels());
        arguments.addProperty("out_channels", transposed ? s.bigChannels() : s.smallChannels());
        arguments.add("kernel_size", list(s.kernelRows(), s.kernelColumns()));
        arguments.addProperty("stride", s.stride());
        arguments.addProperty("padding", s.padding());
        if (transposed) {
            arguments.add("output_padding", list(beyond(s.bigRows(), s.smallRows(), s.kernelRows(), s), beyond(s
                    .bigColumns(), s.smallColumns(), s.kernelColumns(), s)));
        }
        image = transposed ? big : small;
        linear = null;
        relu(relu);
    }

    /** What the next module takes is an image: the data, or what the Linear before it gives in PyTorch's order. */
    private void image(int... shape) {
        if (image != null) {
            return;
        }
        if (modules.isEmpty()) {
            taking = shape;
        } else if (linear == null) {
            throw refused("makes an image of what no Linear has given");
        } else {
            layers.put(linear.module, linear.torch(linear.module).withOutputs(shape[0], shape[1], shape[2]));
            JsonObject arguments = module("Unflatten");
            arguments.addProperty("dim", 1);
            arguments.add("unflattened_size", list(shape));
        }
    }

    private static int beyond(int big, int small, int kernel, ConvolutionShape s) {
        return big - ((small - 1) * s.stride() + kernel - 2 * s.padding());
    }

    private void normalisation(LayerNorm.Forward op) {
        layers.put(next(), new TorchLayerNorm(layer(op.gamma(), ".gamma"), next()));
        JsonObject arguments = module("LayerNorm", op.x(), op.y());
        arguments.addProperty("normalized_shape", op.x().columns());
        arguments.addProperty("eps", op.epsilon());
        linear = null;
    }

    private void elementwise(Activation activation, Matrix x, Matrix y) {
        switch (activation) {
            case IDENTITY -> follow(x, y);
            case RELU -> module("ReLU", x, y);
            case TANH -> module("Tanh", x, y);
            case SIGMOID -> module("Sigmoid", x, y);
            case SOFTPLUS -> module("Softplus", x, y);
            case ELU -> module("ELU", x, y);
            case SILU -> module("SiLU", x, y);
            case GELU -> module("GELU", x, y).addProperty("approximate", "tanh");
            case EXP -> function("exp", x, y);
            case LOG -> function("log", x, y);
            case SQRT -> function("sqrt", x, y);
            case SQUARE -> function("square", x, y);
        }
    }

    private void scale(Arithmetic.Scale op) {
        if (op.factor() != 1) {
            function("mul", op.x(), op.x(), op.factor());
        }
        function("add", op.x(), op.y(), op.shift());
    }

    private void relu(boolean relu) {
        if (relu) {
            module("ReLU");
        }
    }

    private String next() {
        return path + "." + modules.size();
    }

    private JsonObject module(String type, Matrix x, Matrix y) {
        follow(x, y);
        return module(type);
    }

    /** Its arguments, to be filled. */
    private JsonObject module(String type) {
        if (!after.isEmpty()) {
            throw refused("comes after a function that is no module");
        }
        JsonObject arguments = new JsonObject();
        JsonObject module = new JsonObject();
        module.addProperty("module", type);
        module.add("arguments", arguments);
        modules.add(module);
        return arguments;
    }

    private void function(String name, Matrix x, Matrix y, float... arguments) {
        follow(x, y);
        JsonArray all = new JsonArray();
        for (float argument : arguments) {
            all.add(argument);
        }
        JsonObject function = new JsonObject();
        function.addProperty("function", name);
        function.add("arguments", all);
        (modules.isEmpty() ? before : after).add(function);
    }

    private void follow(Matrix x, Matrix y) {
        if (!isSame(x, at)) {
            throw refused("takes something else than what the module before it has given");
        }
        at = y;
    }

    static JsonArray list(int... numbers) {
        JsonArray list = new JsonArray();
        for (int number : numbers) {
            list.add(number);
        }
        return list;
    }

    private static boolean isSame(Matrix a, Matrix b) {
        return a.storage() == b.storage() && a.offset() == b.offset() && a.rows() == b.rows() && a.columns() == b
                .columns() && a.rowStride() == b.rowStride();
    }

    /** The layer that a parameter belongs to. */
    private String layer(Matrix parameter, String suffix) {
        Parameter found = parameters.get(parameter.storage());
        if (found == null || !found.name().endsWith(suffix)) {
            throw refused("has no parameter that ends in '" + suffix + "'");
        }
        return found.name().substring(0, found.name().length() - suffix.length());
    }

    private IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("cannot be written for PyTorch: " + place + " " + what);
    }

    // what has come of it

    /** Whether the chain gives this, to the last column. */
    boolean gives(Matrix value) {
        return isSame(value, at);
    }

    /** Whether these are the columns of the last module, a Linear, side by side. */
    boolean gives(Matrix first, Matrix second) {
        return endsInLinear && isPart(first, 0) && isPart(second, first.columns()) && first.columns() + second
                .columns() == at.columns() && first.columns() == second.columns();
    }

    /** Whether this is the first half of the columns of the last module, a Linear. */
    boolean givesFirstHalf(Matrix first) {
        return endsInLinear && isPart(first, 0) && 2 * first.columns() == at.columns();
    }

    private boolean isPart(Matrix part, long begin) {
        return part.storage() == at.storage() && part.offset() == at.offset() + begin && part.rowStride() == at
                .rowStride();
    }

    /**
     * Makes two modules of the last one, a Linear, of half the outputs each.
     *
     * @param first its name in the state dict; null for the place of the one that is divided
     * @param second the name of the other
     * @return both
     */
    List<JsonObject> divide(@Nullable String first, String second) {
        JsonObject whole = modules.remove(modules.size() - 1).getAsJsonObject();
        whole.getAsJsonObject("arguments").addProperty("out_features", linear.outputs / 2);
        layers.put(linear.module, linear.torch(first == null ? linear.module : first, second));
        if (first == null) {
            modules.add(whole);
        }
        return List.of(whole, whole.deepCopy());
    }

    JsonArray before() {
        return before;
    }

    JsonArray modules() {
        return modules;
    }

    JsonArray after() {
        return after;
    }

    /** The shape of what it takes. */
    int[] taking() {
        return taking;
    }

    List<TorchLayer> layers() {
        return List.copyOf(layers.values());
    }
}
