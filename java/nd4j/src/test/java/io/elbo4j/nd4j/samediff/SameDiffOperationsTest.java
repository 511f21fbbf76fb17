package io.elbo4j.nd4j.samediff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** What users do with graphs: train, save, load, compute eagerly; {@link GradientsTest} has the gradients. */
class SameDiffOperationsTest {
    private static final int B = 16;
    private static final int PIXELS = 12;
    private static final int LATENT = 3;
    private static final long SEED = 11;

    @BeforeAll
    static void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    /** Two bits a row, each shown by half of the pixels: what two latent dimensions can say. */
    private static INDArray data() {
        INDArray x = Nd4j.create(DataType.FLOAT, B, PIXELS);
        for (int r = 0; r < B; r++) {
            for (int c = 0; c < PIXELS; c++) {
                x.putScalar(r, c, r >> (2 * c / PIXELS) & 1);
            }
        }
        return x;
    }

    /** Linear, with every operation: two latent variables, a learned prior, another KL, three likelihoods. */
    private static SameDiff everyOperation() {
        Nd4j.getRandom().setSeed(3);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, PIXELS);
        SDVariable mean = x.mmul(weight(sd, "mean", PIXELS, LATENT));
        SDVariable logVariance = x.mmul(weight(sd, "logVariance", PIXELS, LATENT));
        SDVariable[] a = SameDiffOperations.gaussianSampleKl(mean, logVariance);
        a[0].rename("a");
        SDVariable priorMean = a[0].mmul(weight(sd, "priorMean", LATENT, LATENT));
        SDVariable priorLogVariance = weight(sd, "priorLogVariance", 1, LATENT);
        SDVariable[] b = SameDiffOperations.gaussianSampleKl(mean, logVariance, priorMean, priorLogVariance);
        b[0].rename("b");
        SDVariable kl = a[1].add(b[1]).add(SameDiffOperations.gaussianKl(mean, logVariance))
                .add(SameDiffOperations.gaussianKl(mean, logVariance, priorMean, priorLogVariance).mul(0.5));
        SDVariable decoded = sd.concat(1, a[0], b[0]).mmul(weight(sd, "decoder", 2 * LATENT, PIXELS));
        SDVariable logLikelihood = SameDiffOperations.bernoulliLogLikelihood(decoded, x)
                .add(SameDiffOperations.gaussianLogLikelihood(decoded, weight(sd, "shared", 1, PIXELS), x))
                .add(SameDiffOperations.gaussianFixedLogLikelihood(decoded, 2, x));
        SDVariable loss = SameDiffOperations.negativeElbo(logLikelihood, kl);
        loss.rename("loss");
        loss.markAsLoss();
        return sd;
    }

    private static SDVariable weight(SameDiff sd, String name, long rows, long columns) {
        return sd.var(name, Nd4j.randn(DataType.FLOAT, rows, columns).muli(0.3));
    }

    private static double loss(SameDiff sd) {
        Nd4j.getRandom().setSeed(SEED);
        return sd.output(Map.of("x", data()), "loss").get("loss").getDouble(0);
    }

    /** The loss of each step. */
    private static List<Double> fit(SameDiff sd, IUpdater updater, int steps) {
        sd.setTrainingConfig(TrainingConfig.builder().updater(updater).dataSetFeatureMapping("x").markLabelsUnused()
                .build());
        Nd4j.getRandom().setSeed(SEED);
        List<Double> losses = new ArrayList<>();
        var history = sd.fit(new SingletonDataSetIterator(new DataSet(data(), null)), steps);
        for (int i = 0; i < steps; i++) {
            losses.add(history.lossCurve().meanLoss(i).totalLoss());
        }
        return losses;
    }

    @Test
    void fitTrainsAndReportsTheLoss() {
        SameDiff sd = everyOperation();
        double expected = loss(sd);
        List<Double> losses = fit(sd, new Adam(0.02), 60);
        assertEquals(expected, losses.get(0), 1e-5);
        assertTrue(losses.get(59) < losses.get(0) - 1, losses.toString());
    }

    /** With a learning rate of 0 only the noise differs from step to step. */
    @Test
    void eachStepDrawsNewNoiseAndASeedRepeatsIt() {
        SameDiff sd = everyOperation();
        List<Double> losses = fit(sd, new Sgd(0), 30);
        assertEquals(30, new HashSet<>(losses).size(), losses.toString());
        assertEquals(losses, fit(sd, new Sgd(0), 30));
        assertEquals(losses, fit(everyOperation(), new Sgd(0), 30));
    }

    @Test
    void eachLatentVariableAndEachOutputHasItsOwnNoise() {
        SameDiff sd = everyOperation();
        Nd4j.getRandom().setSeed(SEED);
        Map<String, INDArray> first = sd.output(Map.of("x", data()), "a", "b");
        assertNotEquals(first.get("a"), first.get("b"));
        assertNotEquals(first.get("a"), sd.output(Map.of("x", data()), "a").get("a"));
    }

    @Test
    void savedAndLoadedWithTheGraph(@TempDir Path folder) {
        SameDiff sd = everyOperation();
        fit(sd, new Adam(0.02), 5);
        File file = folder.resolve("graph.fb").toFile();
        sd.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        assertEquals(loss(sd), loss(loaded));
        assertEquals(fit(sd, new Adam(0.02), 5), fit(loaded, new Adam(0.02), 5));
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                assertEquals(variable.getArr(), loaded.getVariable(variable.name()).getArr(), variable.name());
            }
        }
    }

    /** Loads a graph and prints its loss: what {@link #loadedInAnotherProcess} runs. */
    static final class Load {
        public static void main(String[] args) {
            SameDiffOperations.register();
            System.out.println("loss " + loss(SameDiff.load(new File(args[0]), false)));
        }
    }

    @Test
    void loadedInAnotherProcess(@TempDir Path folder) throws Exception {
        SameDiff sd = everyOperation();
        File file = folder.resolve("graph.fb").toFile();
        sd.save(file, false);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                classPath, Load.class.getName(), file.toString()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(output.contains("loss " + loss(sd)), output);
    }

    @Test
    void eagerModeComputesTheSame() {
        Nd4j.getRandom().setSeed(3);
        SameDiff eager = SameDiff.create().enableEagerMode();
        SDVariable mean = weight(eager, "mean", B, LATENT);
        SDVariable logVariance = weight(eager, "logVariance", B, LATENT);
        SDVariable x = eager.placeHolder("x", DataType.FLOAT, B, LATENT);
        eager.associateArrayWithVariable(Nd4j.rand(DataType.FLOAT, B, LATENT), x);
        Nd4j.getRandom().setSeed(SEED);
        SDVariable[] latent = SameDiffOperations.gaussianSampleKl(mean, logVariance);
        SDVariable loss = SameDiffOperations.negativeElbo(
                SameDiffOperations.bernoulliLogLikelihood(latent[0].mul(2), x), latent[1]);
        loss.markAsLoss();
        INDArray computed = loss.getArr().dup();
        INDArray gradient = gradient(eager, x.getArr());
        eager.disableEagerMode();
        Nd4j.getRandom().setSeed(SEED);
        assertEquals(eager.output(Map.of("x", x.getArr()), loss.name()).get(loss.name()), computed);
        assertEquals(gradient(eager, x.getArr()), gradient);
    }

    private static INDArray gradient(SameDiff sd, INDArray x) {
        Nd4j.getRandom().setSeed(SEED);
        return sd.calculateGradients(Map.of("x", x), "mean").get("mean");
    }

    @Test
    void eagerModeNeedsArrays() {
        SameDiff sd = SameDiff.create().enableEagerMode();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 2);
        String message = assertThrows(IllegalStateException.class,
                () -> SameDiffOperations.gaussianKl(x, x)).getMessage();
        assertEquals("elbo4j_gaussian_kl: in eager mode x must have an array: give a placeholder one with"
                + " sd.associateArrayWithVariable(array, name) first", message);
    }

    @Test
    void errorsNameTheArgument() {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.var("a", Nd4j.ones(DataType.FLOAT, 2, 3));
        SDVariable b = sd.var("b", Nd4j.ones(DataType.FLOAT, 2, 2));
        SDVariable d = sd.var("d", Nd4j.ones(DataType.DOUBLE, 2, 3));
        assertMessage("gaussianKl: logVariance must be of FLOAT, not of DOUBLE: castTo(DataType.FLOAT) makes a variable"
                + " that is", () -> SameDiffOperations.gaussianKl(a, d));
        SDVariable other = SameDiff.create().var("other", Nd4j.ones(DataType.FLOAT, 2, 3));
        assertMessage("gaussianSampleKl: priorMean must be of the graph that mean is of, not of another: other",
                () -> SameDiffOperations.gaussianSampleKl(a, a, other, other));
        assertEquals("gaussianKl: priorLogVariance must be given, not null", assertThrows(NullPointerException.class,
                () -> SameDiffOperations.gaussianKl(a, a, a, null)).getMessage());
        assertEquals(3, sd.variables().size(), "what is refused adds nothing");
        for (double wrong : new double[] {0, -1, 1e-19, 1e19, Double.NaN}) {
            assertMessage("gaussianFixedLogLikelihood: standardDeviation must be from 1e-18 to 1e18, so that float32"
                    + " holds its square and the inverse of that, not " + wrong,
                    () -> SameDiffOperations.gaussianFixedLogLikelihood(a, wrong, a));
        }
        assertMessage("logVariance", () -> SameDiffOperations.gaussianKl(a, b).eval());
        for (SDVariable[] wrong : new SDVariable[][] {{a, b}, {a, a}}) {
            assertMessage(
                    "negativeElbo: logLikelihood and kl must have one number per row of one batch, shapes of [B] or"
                            + " [B, 1] with B > 0, not [2, 3] and [2, " + (wrong[1] == a ? 3 : 2) + "]",
                    () -> SameDiffOperations.negativeElbo(wrong[0], wrong[1]).eval());
        }
    }

    private static void assertMessage(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
