package io.elbo4j.train.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.ArgumentException;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Value;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every way to make or apply a layer refuses null by the argument's name, before the graph is touched. */
class NullTest {
    /** Each of them, with the names of its arguments that can be null, in their order. */
    private static final Map<String, String> CALLS = new TreeMap<>(Map.ofEntries(
            Map.entry("Activate.of(Value, Activation)", "x activation"),
            Map.entry("Add.of(Value, Value)", "a b"),
            Map.entry("BayesianDense.of(String, Value, long, Activation, long, double)", "name x activation"),
            Map.entry("Binarise.of(String, Value)", "name x"),
            Map.entry("Columns.of(String, Value, int[])", "name x columns"),
            Map.entry("Concatenate.of(String, Value, Value[])", "name first others"),
            Map.entry("ConstantRow.of(Graph, String, float[])", "graph name values"),
            Map.entry("ConstantRow.of(Graph, String, long, float)", "graph name"),
            Map.entry("Convolution(String, ConvolutionShape, Activation)", "name shape activation"),
            Map.entry("Convolution.apply(Value)", "x"),
            Map.entry("Convolution.of(String, Value, ConvolutionShape, Activation)", "name x shape activation"),
            Map.entry("Dense(String, long, long, Activation)", "name activation"),
            Map.entry("Dense.apply(Value)", "x"),
            Map.entry("Dense.of(String, Value, long, Activation)", "name x activation"),
            Map.entry("DenseOfMembers(String, int, long, long, Activation)", "name activation"),
            Map.entry("DenseOfMembers(String, int, long, long, Activation, double)", "name activation"),
            Map.entry("DenseOfMembers.apply(Value)", "x"),
            Map.entry("DenseOfMembers.of(String, int, Value, long, Activation)", "name x activation"),
            Map.entry("Dropout.of(String, Value, double)", "name x"),
            Map.entry("Embedding.of(String, Value, long, long)", "name index"),
            Map.entry("Embedding(String, long, long)", "name"),
            Map.entry("Embedding.apply(Value)", "index"),
            Map.entry("Flatten.of(Value, Axis)", "x axis"),
            Map.entry("Gru(String, long, long)", "name"),
            Map.entry("Gru.apply(Value)", "x"),
            Map.entry("Gru.apply(Value, Optional, Optional)", "x initial begins"),
            Map.entry("Gru.normalised(String, long, long)", "name"),
            Map.entry("Gru.of(String, Value, long)", "name x"),
            Map.entry("Gru.step(Value, Value)", "x h"),
            Map.entry("GumbelNoise.of(Graph, String, Rows, long)", "graph name rows"),
            Map.entry("Huber.of(Value, float)", "error"),
            Map.entry("LambdaReturns.of(String, Value, Value, Value, float)", "name rewards discounts values"),
            Map.entry("LambdaReturns.overTime(String, Value, Value, Value, float)", "name rewards discounts values"),
            Map.entry("Largest.of(Value, Axis, int)", "x axis"),
            Map.entry("LayerNorm(String, long)", "name"),
            Map.entry("LayerNorm(String, long, float)", "name"),
            Map.entry("LayerNorm.apply(Value)", "x"),
            Map.entry("LayerNorm.of(String, Value)", "name x"),
            Map.entry("LearnedRow.of(Graph, String, long, float)", "graph name"),
            Map.entry("LearnedRowPer.constant(Graph, Axis, String, long, long, float)", "graph axis name"),
            Map.entry("LearnedRowPer.of(Graph, Axis, String, long, long, float)", "graph axis name"),
            Map.entry("LearnedRows.of(Graph, String, long, long, float)", "graph name"),
            Map.entry("LibrarySize.of(Value)", "counts"),
            Map.entry("LogSoftmax.of(Value)", "x"),
            Map.entry("LogisticNoise.of(Graph, String, Rows, long)", "graph name rows"),
            Map.entry("Loss.huber(String, Value, Value, float)", "name prediction target"),
            Map.entry("Loss.squaredError(String, Value, Value)", "name prediction target"),
            Map.entry("MaskedDense(String, long, long, float[])", "name mask"),
            Map.entry("MaskedDense.apply(Value)", "x"),
            Map.entry("MatrixProduct.of(Value, Value)", "a b"),
            Map.entry("Multiply.of(Value, Value)", "a b"),
            Map.entry("NormalNoise.of(Graph, String, Rows, long)", "graph name rows"),
            Map.entry("OneHot.of(Value)", "x"),
            Map.entry("OneHot.straightThrough(Value)", "x"),
            Map.entry("RmsNorm(String, long)", "name"),
            Map.entry("RmsNorm(String, long, float)", "name"),
            Map.entry("RmsNorm.apply(Value)", "x"),
            Map.entry("RmsNorm.of(String, Value)", "name x"),
            Map.entry("RowSum.mean(Value)", "x"),
            Map.entry("RowSum.of(Value)", "x"),
            Map.entry("Scale.of(Value, float, float)", "x"),
            Map.entry("Slice.of(String, Value, long, long)", "name x"),
            Map.entry("Softmax.of(Value)", "x"),
            Map.entry("SoftmaxOver.of(Value, Axis)", "x axis"),
            Map.entry("Spread.of(Value, long)", "x"),
            Map.entry("StopGradient.of(Value)", "x"),
            Map.entry("Subtract.of(Value, Value)", "a b"),
            Map.entry("SumOver.of(Value, Axis)", "x axis"),
            Map.entry("TanhGaussianDraw.of(String, Value)", "name both"),
            Map.entry("TransposedConvolution(String, ConvolutionShape, Activation)", "name shape activation"),
            Map.entry("TransposedConvolution.apply(Value)", "x"),
            Map.entry("TransposedConvolution.of(String, Value, ConvolutionShape, Activation)",
                    "name x shape activation"),
            Map.entry("TriangularProduct.of(Value, Value)", "lower x"),
            Map.entry("Unflatten.of(Value, Axis, long)", "x axis"),
            Map.entry("UniformNoise.of(Graph, String, Rows, long)", "graph name rows"),
            Map.entry("Where.of(Value, Value)", "condition x")));

    private static final ConvolutionShape SHAPE = new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 0);
    private static final Map<String, Object> LAYERS = Map.of("Convolution", new Convolution("layer", SHAPE,
            Activation.TANH), "TransposedConvolution", new TransposedConvolution("layer", SHAPE, Activation.TANH),
            "Dense", new Dense("layer", 1, 1, Activation.TANH), "DenseOfMembers", new DenseOfMembers("layer", 2, 1, 1,
                    Activation.TANH), "Embedding", new Embedding("layer", 1, 1), "Gru", new Gru("layer", 1, 1),
            "LayerNorm",
            new LayerNorm("layer", 1), "MaskedDense", new MaskedDense("layer", 1, 1, 1), "RmsNorm", new RmsNorm("layer",
                    1));

    private static Class<?> layer(Path file) {
        String name = file.getFileName().toString();
        try {
            return Class.forName("io.elbo4j.train.layer." + name.substring(0, name.length() - ".class".length()));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** Launches of a plan are for authors of nodes; those who override what a value has know what they do. */
    private static boolean makesOrApplies(Executable call) {
        boolean layer = call instanceof Constructor || Modifier.isStatic(call.getModifiers())
                || !Value.class.isAssignableFrom(call.getDeclaringClass());
        return layer && Modifier.isPublic(call.getModifiers()) && !call.isSynthetic() && call.getParameterCount() > 0
                && Stream.of(call.getParameterTypes()).noneMatch(type -> type == Plan.class || type
                        == io.elbo4j.Noise.class);
    }

    private static List<Executable> calls() throws IOException, URISyntaxException {
        List<Executable> calls = new ArrayList<>();
        Path folder = Path.of(Dense.class.getResource("Dense.class").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(".class") && !file.toString().endsWith("-info.class"))
                    .map(NullTest::layer).filter(type -> Modifier.isPublic(type.getModifiers()))
                    .flatMap(type -> Stream.concat(Stream.of(type.getDeclaredConstructors()), Stream.of(type
                            .getDeclaredMethods())))
                    .filter(NullTest::makesOrApplies).forEach(calls::add);
        }
        return calls;
    }

    private static String words(Executable call) {
        String types = String.join(", ", Arrays.stream(call.getParameterTypes()).map(Class::getSimpleName).toList());
        String name = call.getDeclaringClass().getSimpleName();
        return (call instanceof Method ? name + "." + call.getName() : name) + "(" + types + ")";
    }

    private static Object argument(Class<?> type, Graph g, Value x) {
        return Map.<Class<?>, Object>ofEntries(Map.entry(String.class, "n"), Map.entry(Value.class, x), Map.entry(
                Value[].class, new Value[] {x}), Map.entry(Graph.class, g), Map.entry(Rows.class, Rows.BATCH), Map
                        .entry(Axis.class, Axis.MEMBER), Map.entry(ConvolutionShape.class, SHAPE), Map.entry(
                                Activation.class, Activation.TANH), Map.entry(Optional.class, Optional.empty()), Map
                                        .entry(long.class, 1L), Map.entry(int.class, 1), Map.entry(float.class, 0.5f),
                Map.entry(double.class, 0.5)).get(type);
    }

    private static void call(Executable call, Object[] arguments) throws Throwable {
        try {
            if (call instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            } else {
                ((Method) call).invoke(LAYERS.get(call.getDeclaringClass().getSimpleName()), arguments);
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void refused(Executable call, String expected, Object[] arguments, Graph g) {
        List<?> before = g.nodes();
        Throwable found = assertThrows(Throwable.class, () -> call(call, arguments), words(call) + ": " + expected);
        assertInstanceOf(ArgumentException.class, found, () -> words(call) + ": " + expected + ": " + found);
        assertEquals(expected + " must be given, not null", found.getMessage(), words(call));
        assertEquals(before, g.nodes(), words(call));
    }

    @Test
    void isRefusedByName() throws Exception {
        Map<String, Executable> found = new TreeMap<>();
        calls().forEach(call -> found.put(words(call), call));
        assertEquals(new TreeSet<>(CALLS.keySet()), new TreeSet<>(found.keySet()));
        for (Map.Entry<String, Executable> each : found.entrySet()) {
            Class<?>[] types = each.getValue().getParameterTypes();
            List<String> names = new ArrayList<>(List.of(CALLS.get(each.getKey()).split(" ")));
            for (int i = 0; i < types.length; i++) {
                if (!types[i].isPrimitive()) {
                    Graph g = new Graph();
                    Value x = g.input("x", 1, Rows.of(Axis.BATCH, Axis.TIME));
                    Object[] arguments = Stream.of(types).map(type -> argument(type, g, x)).toArray();
                    arguments[i] = null;
                    refused(each.getValue(), names.remove(0), arguments, g);
                }
            }
            assertEquals(List.of(), names, each.getKey());
        }
    }

    @Test
    void soIsOneOfSeveral() {
        Graph g = new Graph();
        Value x = g.input("x", 1);
        assertEquals("each of others must be given, not null", assertThrows(ArgumentException.class, () -> Concatenate
                .of("c", x, x, null)).getMessage());
        assertEquals(List.of(x), g.nodes());
    }
}
