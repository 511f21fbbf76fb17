package io.elbo4j.nd4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.cpu.CpuLibrary;
import io.elbo4j.train.Coder;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.CompositeReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.GaussianReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.deeplearning4j.nn.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's layer with these likelihoods: trained, saved, and its weights carried over to elbo4j's model. */
class MovingTest {
    private static final int COLUMNS = 31;
    private static final int HIDDEN = 17;
    private static final int LATENT = 5;
    private static final int ROWS = 37;

    @TempDir
    Path directory;

    @BeforeAll
    static void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    private static INDArray data() {
        Nd4j.getRandom().setSeed(3);
        return Nd4j.rand(DataType.FLOAT, ROWS, COLUMNS).gt(0.7).castTo(DataType.FLOAT);
    }

    private static MultiLayerNetwork network(ReconstructionDistribution likelihood) {
        return Moving.dl4j(COLUMNS, HIDDEN, LATENT, likelihood);
    }

    private static VariationalAutoencoder layer(MultiLayerNetwork network) {
        return (VariationalAutoencoder) network.getLayer(0);
    }

    /** Trains from equal weights with equal noise; the score of every step. */
    private static List<Double> train(ReconstructionDistribution likelihood, int steps) {
        MultiLayerNetwork network = network(likelihood);
        INDArray x = data();
        Nd4j.getRandom().setSeed(11);
        List<Double> scores = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            network.pretrainLayer(0, x);
            scores.add(layer(network).score());
        }
        return scores;
    }

    /** Scores differ by rounding; each of Adam's steps passes the difference on to all later ones. */
    private static void assertTrainsAlike(ReconstructionDistribution dl4j, ReconstructionDistribution ours) {
        List<Double> expected = train(dl4j, 20);
        List<Double> scores = train(ours, 20);
        for (int i = 0; i < 20; i++) {
            assertEquals(expected.get(i), scores.get(i), 1e-4 * Math.abs(expected.get(i)), "step " + i);
        }
        assertTrue(scores.get(19) < scores.get(0) - 0.5, scores.toString());
    }

    @Test
    void pretrainingGivesTheScoresOfDl4jsDistributions() {
        assertTrainsAlike(new BernoulliReconstructionDistribution(), new BernoulliLogits());
        assertTrainsAlike(new GaussianReconstructionDistribution(Activation.IDENTITY), new GaussianLogVariance());
        assertTrainsAlike(new CompositeReconstructionDistribution.Builder()
                .addDistribution(20, new BernoulliReconstructionDistribution())
                .addDistribution(11, new GaussianReconstructionDistribution(Activation.IDENTITY)).build(),
                new CompositeReconstructionDistribution.Builder()
                        .addDistribution(20, new BernoulliLogits()).addDistribution(11, new GaussianLogVariance())
                        .build());
    }

    @Test
    void aFixedStandardDeviationTrains() {
        List<Double> scores = train(new GaussianFixed(0.5), 20);
        assertTrue(scores.get(19) < scores.get(0) - 0.5, scores.toString());
    }

    @Test
    void configurationsAreWrittenAndRead() throws Exception {
        for (ReconstructionDistribution p : List.of(new BernoulliLogits(), new GaussianLogVariance(),
                new GaussianFixed(0.3))) {
            MultiLayerNetwork network = network(p);
            MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
            assertEquals(configuration, MultiLayerConfiguration.fromJson(configuration.toJson()));
            assertEquals(configuration, MultiLayerConfiguration.fromYaml(configuration.toYaml()));
            assertEquals(configuration, configuration.clone());
            ComputationGraphConfiguration graph = network.toComputationGraph().getConfiguration();
            assertEquals(graph, ComputationGraphConfiguration.fromJson(graph.toJson()));
            File file = directory.resolve("network.zip").toFile();
            network.pretrainLayer(0, data());
            ModelSerializer.writeModel(network, file, true);
            MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file, true);
            assertEquals(p, likelihood(read));
            assertEquals(network.params(), read.params());
            assertEquals(score(network), score(read));
        }
    }

    @Test
    void parametersOfANetworkOfDl4jsDistributionFit() {
        MultiLayerNetwork theirs = network(new BernoulliReconstructionDistribution());
        theirs.pretrainLayer(0, data());
        MultiLayerNetwork ours = network(new BernoulliLogits());
        ours.pretrainLayer(0, data()); // a layer that was never trained has no score
        ours.setParams(theirs.params());
        assertEquals(score(theirs), score(ours), 1e-5 * score(theirs));
    }

    /** What the page says of DL4J's model files; with DL4J's own distribution. */
    @Test
    void aModelFileOfDl4jHasNoStateOfAdamAfterPretraining() throws IOException {
        MultiLayerNetwork network = network(new BernoulliReconstructionDistribution());
        for (int i = 0; i < 5; i++) {
            network.pretrainLayer(0, data());
        }
        File file = directory.resolve("network.zip").toFile();
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file, true);
        assertEquals(0, read.getUpdater().getStateViewArray().norm1Number().doubleValue());
    }

    private static double score(MultiLayerNetwork network) {
        layer(network).setInput(data(), LayerWorkspaceMgr.noWorkspaces());
        layer(network).computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
        return layer(network).score();
    }

    private static ReconstructionDistribution likelihood(MultiLayerNetwork network) {
        return ((org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder) network.getLayer(0).conf()
                .getLayer()).getOutputDistribution();
    }

    /** With a posterior so narrow that its noise is lost in rounding, both ELBOs are without chance. */
    @Test
    void theWeightsCarriedOverHaveTheSameElbo() {
        assertSameModel(new BernoulliLogits(), LikelihoodKind.BERNOULLI);
        assertSameModel(new GaussianLogVariance(), LikelihoodKind.GAUSSIAN);
        assertSameModel(new GaussianFixed(0.5), LikelihoodKind.GAUSSIAN_FIXED);
    }

    private static void assertSameModel(ReconstructionDistribution p, LikelihoodKind kind) {
        INDArray x = data();
        MultiLayerNetwork network = network(p);
        for (int i = 0; i < 10; i++) {
            network.pretrainLayer(0, x);
        }
        network.setParam("0_pZXLogStd2b", Nd4j.valueArrayOf(new long[] {1, LATENT}, -50, DataType.FLOAT));
        double score = score(network);

        Vae vae = new Vae(VaeSettings.of(COLUMNS, LATENT, HIDDEN).withLikelihood(kind).withStandardDeviation(0.5));
        Images images = new Images("test", ROWS, 1, COLUMNS, 1, x.data().asFloat());
        try (Backend backend = Backends.open("cpu", 1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 42);
                Evaluator evaluator = new Evaluator(vae, parameters, backend, images, 42)) {
            Moving.copyWeights(network, parameters);
            ElboTerms elbo = evaluator.evaluate(0).elbo();
            assertEquals(score, -elbo.elbo(), 1e-5 * score, p.toString());
            INDArray means = layer(network).activate(x, false, LayerWorkspaceMgr.noWorkspaces()).dup('c');
            assertArrayEquals(means.data().asFloat(), new Coder(vae, parameters, backend, 42).encode(images), 1e-5f);
        }
    }

    @Test
    void bothTrainingsOfThePageRun() {
        INDArray x = data();
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true));
            Moving.trainElbo4j(new Images("test", ROWS, 1, COLUMNS, 1, x.data().asFloat()), HIDDEN, LATENT, 8, 30);
        } finally {
            System.setOut(before);
        }
        double elbo = Double.parseDouble(said.toString());
        MultiLayerNetwork network = network(new BernoulliLogits());
        Moving.trainDl4j(network, new ListDataSetIterator<>(new DataSet(x, x).asList(), 8), 30);
        double score = score(network);
        // the entropy of its 31 dimensions with p = 0.3 is 18.9 nats: both models have learned at least the means
        assertTrue(elbo > -22, "elbo4j: " + elbo);
        assertTrue(score < 22, "DL4J: " + score);
    }

    @Test
    void thePageShowsTheseLines() throws IOException {
        String source = stripped(Files.readString(Path.of(
                "java/nd4j/src/test/java/io/elbo4j/nd4j/dl4j/Moving.java")));
        Matcher shown = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of(
                "java/nd4j/DL4J.md")));
        int blocks = 0;
        for (; shown.find(); blocks++) {
            assertTrue(source.contains(stripped(shown.group(1))), "not in Moving.java: " + shown.group(1));
        }
        assertEquals(3, blocks);
    }

    private static String stripped(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
