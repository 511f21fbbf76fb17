import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.nd4j.dl4j.BernoulliLogits;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The 784-400-20-400-784 VAE (ReLU, Bernoulli, batch 128, Adam 1e-3) by elbo4j, by DL4J's layer, and by DL4J's layer
 * with elbo4j's likelihood, interleaved, from the same initial weights. All get the threads of OMP_NUM_THREADS, or all.
 *
 * <p>Without arguments: training throughput on generated images, medians with the range of the middle 80 %, and the
 * fastest round of each, the least disturbed by other work. With {@code --epochs N mnist=DIR}: after each epoch on the
 * first {@code --images M} training images (all without it), the seconds it took and the ELBO on the test images, one
 * sample a row, in nats: that of DL4J's models by elbo4j from their weights, with the same noise for all, and at the
 * end by DL4J's own score too. DL4J's batches are made outside of the time.
 *
 * <p>Build, then (for a fair ND4J with OpenBLAS 0.3.31 and its threads asleep between products):
 * <pre>
 *   mvn -q -Dnative=cpu -DskipTests -pl java/nd4j -am package dependency:build-classpath \
 *           -DexcludeArtifactIds=nd4j-cuda-11.6 -Dmdep.outputFile=/tmp/nd4j.txt
 *   OMP_WAIT_POLICY=passive java -cp java/nd4j/target/classes:$(cat /tmp/nd4j.txt) tests/benchmarks/Dl4jVae.java
 * </pre>
 */
final class Dl4jVae {
    private static final int COLUMNS = 784;
    private static final int HIDDEN = 400;
    private static final int LATENT = 20;
    private static final int BATCH = 128;
    private static final int SEED = 42;
    private static final int STEPS = 32;
    private static final int WARM_UP = 10;
    private static final int ROUNDS = 31;

    private static final Vae VAE = new Vae(VaeSettings.of(COLUMNS, LATENT, HIDDEN));

    private static MultiLayerNetwork dl4j(ReconstructionDistribution likelihood, Parameters initial) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(SEED)
                .updater(new Adam(1e-3)).list()
                .layer(new VariationalAutoencoder.Builder().nIn(COLUMNS).nOut(LATENT).encoderLayerSizes(HIDDEN)
                        .decoderLayerSizes(HIDDEN).activation(Activation.RELU)
                        .pzxActivationFunction(Activation.IDENTITY).reconstructionDistribution(likelihood).build())
                .build());
        network.init();
        for (Parameters.State s : initial.all()) {
            INDArray value = Nd4j.createFromArray(s.value().toArray())
                    .reshape('c', s.value().rows(), s.value().columns());
            long begin = 0;
            for (INDArray part : parts(network, s.parameter().name())) {
                long end = begin + part.size(part.rank() - 1);
                part.assign(value.get(NDArrayIndex.all(), NDArrayIndex.interval(begin, end)).reshape(part.shape()));
                begin = end;
            }
        }
        return network;
    }

    /** DL4J's parameters that are, side by side, one of elbo4j's. */
    private static INDArray[] parts(MultiLayerNetwork network, String name) {
        Map<String, INDArray> all = network.getLayer(0).paramTable();
        String kind = name.endsWith(".weight") ? "W" : "b";
        return switch (name.substring(0, name.lastIndexOf('.'))) {
            case "encoder.0" -> new INDArray[] {all.get("e0" + kind)};
            case "posterior" -> new INDArray[] {all.get("pZXMean" + kind), all.get("pZXLogStd2" + kind)};
            case "decoder.0" -> new INDArray[] {all.get("d0" + kind)};
            case "logits" -> new INDArray[] {all.get("pXZ" + kind)};
            default -> throw new IllegalStateException(name);
        };
    }

    private static void copyWeights(MultiLayerNetwork network, Parameters to) {
        for (Parameters.State s : to.all()) {
            s.value().set(Nd4j.hstack(parts(network, s.parameter().name())).dup('c').data().asFloat());
        }
    }

    private static List<INDArray> batches(Images images, long seed) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, images.rows()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<INDArray> batches = new ArrayList<>();
        for (int begin = 0; begin < order.size(); begin += BATCH) {
            int rows = Math.min(BATCH, order.size() - begin);
            float[] values = new float[rows * COLUMNS];
            for (int i = 0; i < rows; i++) {
                images.copyRows(order.get(begin + i), 1, values, i * COLUMNS);
            }
            batches.add(Nd4j.createFromArray(values).reshape('c', rows, COLUMNS));
        }
        return batches;
    }

    private static double seconds(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) * 1e-9;
    }

    private static void pretrain(MultiLayerNetwork network, List<INDArray> batches) {
        batches.forEach(batch -> network.pretrainLayer(0, batch));
    }

    private static Images generated() {
        float[] values = new float[STEPS * BATCH * COLUMNS];
        Random random = new Random(SEED);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() < 0.2f ? 1 : 0;
        }
        return new Images("generated", STEPS * BATCH, 28, 28, 1, values);
    }

    private static void throughput(Backend backend) {
        Images images = generated();
        List<INDArray> batches = batches(images, SEED);
        try (Parameters parameters = new Parameters(backend, VAE.graph().parameters(), SEED);
                Trainer trainer = new Trainer(VAE, parameters, backend, TrainingSettings.of(BATCH, SEED), images)) {
            MultiLayerNetwork own = dl4j(new BernoulliReconstructionDistribution(), parameters);
            MultiLayerNetwork ours = dl4j(new BernoulliLogits(), parameters);
            String[] names = {"elbo4j", "DL4J", "DL4J with elbo4j's likelihood"};
            List<Runnable> work = List.of(() -> trainer.steps(STEPS), () -> pretrain(own, batches),
                    () -> pretrain(ours, batches));
            double[][] rates = new double[names.length][ROUNDS];
            double[][] ratios = new double[names.length][ROUNDS];
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                double[] seconds = work.stream().mapToDouble(Dl4jVae::seconds).toArray();
                for (int i = 0; i < names.length && round >= 0; i++) {
                    rates[i][round] = STEPS * BATCH / seconds[i];
                    ratios[i][round] = seconds[1] / seconds[i];
                }
            }
            for (int i = 0; i < names.length; i++) {
                System.out.printf(Locale.ROOT, "%-30s %s samples/s, fastest %.0f; %s times DL4J%n", names[i],
                        range("%.0f", rates[i]), rates[i][ROUNDS - 1], range("%.2f", ratios[i]));
            }
        }
    }

    private static String range(String format, double[] values) {
        Arrays.sort(values);
        int n = values.length;
        return String.format(Locale.ROOT, format + " (" + format + " .. " + format + ")", values[n / 2],
                values[n / 10], values[n - 1 - n / 10]);
    }

    /** The ELBO by DL4J: its score is -ELBO, as nothing is regularised. */
    private static double ownElbo(MultiLayerNetwork network, Images test) {
        var layer = (org.deeplearning4j.nn.layers.variational.VariationalAutoencoder) network.getLayer(0);
        double sum = 0;
        for (INDArray batch : batches(test, SEED)) {
            layer.setInput(batch, LayerWorkspaceMgr.noWorkspaces());
            layer.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
            sum -= layer.score() * batch.size(0);
        }
        return sum / test.rows();
    }

    private static void epochs(Backend backend, Images train, Images test, int epochs) {
        try (Parameters parameters = new Parameters(backend, VAE.graph().parameters(), SEED);
                Parameters carried = new Parameters(backend, VAE.graph().parameters(), SEED);
                Trainer trainer = new Trainer(VAE, parameters, backend, TrainingSettings.of(BATCH, SEED), train);
                Evaluator evaluator = new Evaluator(VAE, parameters, backend, test, SEED);
                Evaluator ofCarried = new Evaluator(VAE, carried, backend, test, SEED)) {
            Map<String, MultiLayerNetwork> networks = Map.of(
                    "DL4J", dl4j(new BernoulliReconstructionDistribution(), parameters),
                    "DL4J with elbo4j's likelihood", dl4j(new BernoulliLogits(), parameters));
            System.out.println(train.rows() + " training images, " + test.rows() + " test images");
            for (int epoch = 1; epoch <= epochs; epoch++) {
                double time = seconds(() -> trainer.steps(trainer.stepsPerEpoch()));
                System.out.printf(Locale.ROOT, "epoch %d  %-30s %6.2f s  test ELBO %8.2f%n", epoch, "elbo4j", time,
                        evaluator.evaluate(epoch).elbo().elbo());
                List<INDArray> batches = batches(train, epoch);
                for (var each : networks.entrySet()) {
                    MultiLayerNetwork network = each.getValue();
                    time = seconds(() -> pretrain(network, batches));
                    copyWeights(network, carried);
                    System.out.printf(Locale.ROOT, "epoch %d  %-30s %6.2f s  test ELBO %8.2f%n", epoch, each.getKey(),
                            time, ofCarried.evaluate(epoch).elbo().elbo());
                }
            }
            networks.forEach((name, network) -> System.out.printf(Locale.ROOT, "%s by its own score: %.2f%n", name,
                    ownElbo(network, test)));
        }
    }

    public static void main(String[] args) {
        List<String> words = List.of(args);
        int epochs = option(words, "--epochs", 0);
        String threads = System.getenv().getOrDefault("OMP_NUM_THREADS", "0");
        System.setProperty("elbo4j.nd4j.threads", threads);
        try (Backend backend = Backends.open("cpu", Integer.parseInt(threads))) {
            if (epochs == 0) {
                throughput(backend);
            } else {
                DataSource data = DataSource.parse(args[args.length - 1]);
                int rows = option(words, "--images", data.train().rows());
                epochs(backend, data.train().first(rows), data.test(), epochs);
            }
        }
    }

    private static int option(List<String> words, String name, int otherwise) {
        int at = words.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(words.get(at + 1));
    }
}
