import io.elbo4j.Activation;
import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import io.elbo4j.cuda.CudaBackend;
import io.elbo4j.cuda.CudaEvent;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.Dropout;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.Gru;
import io.elbo4j.operation.LayerNorm;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.RmsNorm;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Softmax;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Times kernels and training steps on request, so that a peer in another process can be timed in between. A line
 * {@code NAME ROWS COLUMNS DEPTH SETS REPETITIONS} on standard input is answered with the seconds that one call took,
 * the mean of SETS x REPETITIONS. SETS copies of the operands are used in turn, so that none need be in a cache; a
 * product has but one copy, used SETS times. On a GPU they are one {@link Program}, a graph that is replayed, and the
 * time is the device's own. What was prepared is kept until another NAME or size is asked for.
 * Run as {@code java -cp elbo4j.jar KernelServer.java BACKEND THREADS}.
 */
final class KernelServer {
    private static final int DATA_ROWS = 60_000;
    private static final int DATA_COLUMNS = 784;

    /** Something that was prepared, and can be run and measured. */
    private interface Work extends AutoCloseable {
        /** Seconds that so many runs took. */
        double seconds(int repetitions);

        /** Calls in one run. */
        int calls();

        @Override
        void close();
    }

    private final Backend backend;
    private String prepared = "";
    private Work work;

    private KernelServer(Backend backend) {
        this.backend = backend;
    }

    public static void main(String[] args) throws IOException {
        KernelServer server = new KernelServer(Backends.open(args[0], Integer.parseInt(args[1])));
        System.out.println(server.backend.description());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            int space = line.lastIndexOf(' ');
            System.out.println(server.measure(line.substring(0, space), Integer.parseInt(line.substring(space + 1))));
        }
    }

    private double measure(String what, int repetitions) {
        if (!what.equals(prepared)) {
            if (work != null) {
                work.close();
            }
            String[] words = what.split(" ");
            long rows = Long.parseLong(words[1]);
            long columns = Long.parseLong(words[2]);
            work = words[0].equals("train") ? new Training((int) rows)
                    : new Calls(words[0], rows, columns, Long.parseLong(words[3]), Integer.parseInt(words[4]));
            prepared = what;
            work.seconds(2);
        }
        return work.seconds(repetitions) / work.calls() / repetitions;
    }

    /** Kernels, SETS times over. */
    private final class Calls implements Work {
        private final List<Matrix> matrices = new ArrayList<>();
        private final List<Launch> launches = new ArrayList<>();
        private final Program program;
        private final int sets;

        Calls(String name, long rows, long columns, long depth, int sets) {
            this.sets = sets;
            if (name.startsWith("matmul")) {
                launches.addAll(Collections.nCopies(sets, product(name, rows, columns, depth)));
            } else {
                for (int i = 0; i < sets; i++) {
                    launches.addAll(rowwise(name, rows, columns));
                }
            }
            program = new Program(backend, launches);
        }

        @Override
        public int calls() {
            return sets;
        }

        @Override
        public double seconds(int repetitions) {
            if (backend instanceof CudaBackend cuda) {
                return onDevice(cuda, repetitions);
            }
            long begin = System.nanoTime();
            for (int i = 0; i < repetitions; i++) {
                launches.forEach(Launch::run);
            }
            return (System.nanoTime() - begin) * 1e-9;
        }

        private double onDevice(CudaBackend cuda, int repetitions) {
            int device = cuda.stream().device();
            try (CudaEvent begin = new CudaEvent(device); CudaEvent end = new CudaEvent(device)) {
                program.run();
                begin.record(cuda.stream());
                for (int i = 0; i < repetitions; i++) {
                    program.run();
                }
                end.record(cuda.stream()).synchronize();
                return CudaEvent.milliseconds(begin, end) * 1e-3;
            }
        }

        private Matrix zeros(long rows, long columns) {
            Matrix m = backend.matrix(rows, columns);
            matrices.add(m);
            return m;
        }

        private Matrix normal(long rows, long columns) {
            Matrix m = zeros(rows, columns);
            RandomFill.normal(new Noise(1, matrices.size()), m).run();
            return m;
        }

        private List<Launch> rowwise(String name, long rows, long columns) {
            Noise noise = new Noise(2, 0);
            Matrix a = normal(rows, columns);
            Matrix b = normal(rows, columns);
            Matrix out = zeros(rows, columns);
            Matrix perRow = zeros(rows, 1);
            Matrix weight = zeros(rows, 1);
            Rows.fill(0.5f, weight).run();
            return switch (name) {
                case "sampleKl" -> List.of(GaussianSampleKl.forward(a, b, noise, out, perRow));
                case "sampleKlGradient" -> List.of(GaussianSampleKl.backward(a, b, noise, normal(rows, columns), weight,
                        null, out, zeros(rows, columns)));
                case "sampleKlBackward" -> List.of(GaussianSampleKl.forward(a, b, noise, out, perRow),
                        GaussianSampleKl.backward(a, b, noise, normal(rows, columns), weight, null, out,
                                zeros(rows, columns)));
                case "bernoulli" -> List.of(BernoulliLogLikelihood.fused(a, b, weight, perRow, out));
                case "gaussian" -> List.of(GaussianLogLikelihood.fused(a, b, normal(rows, columns), weight, perRow, out,
                        zeros(rows, columns)));
                case "layerNorm" -> {
                    Matrix mean = zeros(rows, 1);
                    Matrix gamma = normal(1, columns);
                    Matrix dX = zeros(rows, columns);
                    yield List.of(LayerNorm.forward(a, gamma, normal(1, columns), 1e-5f, out, mean, perRow),
                            LayerNorm.backward(a, gamma, mean, perRow, b, dX),
                            LayerNorm.parameterGradients(a, mean, perRow, b, zeros(1, columns), zeros(1, columns)));
                }
                case "rmsNorm" -> {
                    Matrix gamma = normal(1, columns);
                    Matrix dX = zeros(rows, columns);
                    yield List.of(RmsNorm.forward(a, gamma, 1e-5f, out, perRow),
                            RmsNorm.backward(a, gamma, perRow, b, dX),
                            RmsNorm.gammaGradient(a, perRow, b, zeros(1, columns)));
                }
                case "softmax" -> List.of(Softmax.forward(a, out), Softmax.backward(out, b, zeros(rows, columns)));
                case "logSoftmax" -> List.of(Softmax.logForward(a, out),
                        Softmax.logBackward(out, b, zeros(rows, columns)));
                case "dropout" -> List.of(Dropout.apply(a, 0.1f, noise, out),
                        Dropout.apply(b, 0.1f, noise, zeros(rows, columns)));
                case "gruGates" -> {
                    Matrix kept = zeros(rows, 4 * columns);
                    yield List.of(
                            Gru.forward(normal(rows, 3 * columns), normal(rows, 3 * columns), a, null, kept, out, null),
                            Gru.backward(kept, a, b, null, null, null, false, zeros(rows, 4 * columns),
                                    zeros(rows, columns)));
                }
                case "klPerDimension" -> List.of(GaussianKlPerDimension.forward(a, b, null, null, zeros(1, columns)));
                case "copy" -> List.of(Rows.copy(a, out));
                case "gelu" -> List.of(Elementwise.activation(Activation.GELU, a, out));
                case "tanhGradient" -> List.of(Elementwise.activationGradient(Activation.TANH, a, b, out));
                case "rowSums" -> List.of(Sums.rows(a, perRow));
                case "columnSums" -> List.of(Sums.columns(a, zeros(1, columns)));
                case "normal" -> List.of(RandomFill.normal(noise, out));
                case "adam" -> List.of(Adam.update(a, b, out, zeros(rows, columns),
                        new AdamStep(1e-3, 0.9, 0.999, 1e-8).at(17), null));
                default -> throw new IllegalArgumentException("unknown kernel " + name);
            };
        }

        /** rows x columns results of {@code depth} products each. */
        private Launch product(String name, long rows, long columns, long depth) {
            Matrix c = zeros(rows, columns);
            return switch (name) {
                case "matmul" -> Matmul.forward(normal(rows, depth), normal(depth, columns), null, false, c);
                case "matmulInputGradient" -> Matmul.inputGradient(normal(rows, depth), normal(columns, depth), null,
                        c);
                case "matmulWeightGradient" -> Matmul.weightGradient(normal(depth, rows), normal(depth, columns), c);
                default -> throw new IllegalArgumentException("unknown product " + name);
            };
        }

        @Override
        public void close() {
            program.close();
            matrices.forEach(Matrix::close);
        }
    }

    /** Steps of the trainer, 784-400-20-400-784, Bernoulli, on 60,000 random rows; wall time until all are done. */
    private final class Training implements Work {
        private final Parameters parameters;
        private final Trainer trainer;

        Training(int batch) {
            Random random = new Random(1);
            float[] values = new float[DATA_ROWS * DATA_COLUMNS];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(0, random.nextFloat() * 5 - 4);
            }
            Images images = new Images("random", DATA_ROWS, 28, 28, 1, values);
            Vae vae = new Vae(new VaeSettings(DATA_COLUMNS, List.of(400), 20, Activation.RELU, LikelihoodKind.BERNOULLI,
                    1, false));
            parameters = new Parameters(backend, vae.graph().parameters(), 1);
            trainer = new Trainer(vae, parameters, backend, new TrainingSettings(batch, 1e-3, 1, 0, 0,
                    Double.POSITIVE_INFINITY, 1), images, Trainer.Position.START);
        }

        @Override
        public int calls() {
            return 1;
        }

        @Override
        public double seconds(int repetitions) {
            long begin = System.nanoTime();
            for (int i = 0; i < repetitions; i++) {
                if (trainer.atEndOfEpoch()) {
                    trainer.nextEpoch();
                }
                trainer.step();
            }
            // a read waits for all that was queued
            parameters.all().get(0).value().rows(0, 1).toArray();
            return (System.nanoTime() - begin) * 1e-9;
        }

        @Override
        public void close() {
            trainer.close();
            parameters.close();
        }
    }
}
