import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.ConvolutionShape;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Rows;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Convolution;
import io.elbo4j.train.layer.Gru;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.RmsNorm;
import io.elbo4j.train.layer.TransposedConvolution;
import io.elbo4j.train.objective.Regression;
import io.elbo4j.train.optimiser.Sgd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times training steps of layers on request: forward, squared error, backward, gradient of the input, plain SGD. The
 * protocol is that of KernelServer: {@code NAME ROWS COLUMNS DEPTH SETS REPETITIONS}, where ROWS is the batch. Run as
 * {@code java -cp elbo4j.jar LayerServer.java BACKEND THREADS}.
 *
 * <pre>
 *   convolutions/SIDExCHANNELS-CHANNELS-...   an encoder of convolutions (4 x 4, stride 2, padding 1) and its mirror
 *   convolution.gather/SIDExCHANNELS-CHANNELS, .spread, .weightGradient   the operation alone, plain
 *   gru, normalisedGru                        COLUMNS inputs, DEPTH units, 64 steps
 *   gruCell                                   one step
 *   layerNorm, rmsNorm                        COLUMNS
 * </pre>
 */
final class LayerServer {
    private static final int STEPS = 64;

    private final Backend backend;
    private final Graph graph = new Graph();
    private Parameters parameters;
    private Step step;
    private long number;
    private final List<Matrix> operands = new ArrayList<>();
    private Program program;

    private LayerServer(Backend backend) {
        this.backend = backend;
    }

    public static void main(String[] args) throws IOException {
        Backend backend = Backends.open(args[0], Integer.parseInt(args[1]));
        System.out.println(backend.description());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        String prepared = "";
        LayerServer work = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.lastIndexOf(' ');
            String what = line.substring(0, space);
            if (!what.equals(prepared)) {
                if (work != null) {
                    work.close();
                }
                work = new LayerServer(backend);
                String[] words = what.split(" ");
                work.prepare(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(
                        words[3]));
                work.seconds(2);
                prepared = what;
            }
            int repetitions = Integer.parseInt(line.substring(space + 1));
            System.out.println(work.seconds(repetitions) / repetitions);
        }
    }

    private void close() {
        if (program == null) {
            step.close();
            parameters.close();
        } else {
            program.close();
            operands.forEach(Matrix::close);
        }
    }

    private double seconds(int repetitions) {
        Matrix written = program == null ? parameters.all().get(0).value() : operands.get(0);
        long begin = System.nanoTime();
        for (int i = 0; i < repetitions; i++) {
            if (program == null) {
                step.run(number++);
            } else {
                program.run();
            }
        }
        // a read waits for all that was queued
        written.rows(0, 1).toArray();
        return (System.nanoTime() - begin) * 1e-9;
    }

    private void prepare(String name, int rows, int columns, int depth) {
        if (name.startsWith("convolution.")) {
            program = new Program(backend, List.of(convolution(name, rows)));
            return;
        }
        boolean steps = name.equals("gru") || name.equals("normalisedGru");
        Rows of = steps ? Rows.of(Axis.BATCH, Axis.TIME) : Rows.BATCH;
        ConvolutionShape[] shapes = name.startsWith("convolutions/") ? shapes(name) : null;
        Value x = graph.input("x", shapes == null ? columns : shapes[0].bigImage(), of);
        Value h = graph.input("h", depth, Rows.BATCH);
        Value y = switch (shapes == null ? name : "convolutions") {
            case "convolutions" -> convolutions(x, shapes);
            case "gru" -> Gru.of("gru", x, depth);
            case "normalisedGru" -> Gru.normalised("gru", columns, depth).apply(x);
            case "gruCell" -> new Gru("gru", columns, depth).step(x, h);
            case "layerNorm" -> LayerNorm.of("norm", x);
            case "rmsNorm" -> RmsNorm.of("norm", x);
            default -> throw new IllegalArgumentException("unknown layer " + name);
        };
        Value target = graph.input("target", y.columns(), of);
        Loss.squaredError("error", y, target);
        parameters = new Parameters(backend, graph.parameters(), 1);
        step = Step.of(graph, parameters, backend).rows(rows).length(steps ? STEPS : 1).minimise(new Regression(),
                new Sgd(1e-6)).differentiate(x).compile();
        for (Value input : new Value[] {x, h, target}) {
            try {
                Matrix m = step.value(input);
                RandomFill.normal(new Noise(1, (int) input.columns()), m).run();
            } catch (IllegalArgumentException | IllegalStateException e) {
                // the state that this layer does not read
                continue;
            }
        }
    }

    private Launch convolution(String name, int images) {
        ConvolutionShape s = shapes(name)[0];
        Matrix big = normal(images, s.bigImage());
        Matrix small = normal(images, s.smallImage());
        Matrix weight = normal(s.weightRows(), s.smallChannels());
        return switch (name.substring(0, name.indexOf('/'))) {
            case "convolution.gather" -> io.elbo4j.operation.Convolution.gather(s, big, weight, null, false, null,
                    small);
            case "convolution.spread" -> io.elbo4j.operation.Convolution.spread(s, small, weight, null, false, null,
                    big);
            case "convolution.weightGradient" -> {
                int leaves = io.elbo4j.operation.Convolution.leaves(images, s.smallRows(), s.smallColumns());
                boolean needed = leaves > 1 && backend.memory() == Backend.Memory.DEVICE;
                yield io.elbo4j.operation.Convolution.weightGradient(s, big, small, needed ? normal(leaves, (long) s
                        .weightRows() * s.smallChannels()) : null, weight);
            }
            default -> throw new IllegalArgumentException("unknown operation " + name);
        };
    }

    private Matrix normal(long rows, long columns) {
        Matrix m = backend.matrix(rows, columns);
        RandomFill.normal(new Noise(1, operands.size()), m).run();
        operands.add(m);
        return m;
    }

    private static ConvolutionShape[] shapes(String name) {
        String[] words = name.substring(name.indexOf('/') + 1).split("[x-]");
        int[] numbers = Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
        ConvolutionShape[] shapes = new ConvolutionShape[numbers.length - 2];
        int side = numbers[0];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = new ConvolutionShape(side, side, numbers[i + 1], numbers[i + 2], 4, 4, 2, 1);
            side = shapes[i].smallRows();
        }
        return shapes;
    }

    private static Value convolutions(Value x, ConvolutionShape[] shapes) {
        Value v = x;
        for (int i = 0; i < shapes.length; i++) {
            v = Convolution.of("encoder." + i, v, shapes[i], Activation.RELU);
        }
        for (int i = shapes.length - 1; i >= 0; i--) {
            v = TransposedConvolution.of("decoder." + i, v, shapes[i], i > 0 ? Activation.RELU : Activation.IDENTITY);
        }
        return v;
    }
}
