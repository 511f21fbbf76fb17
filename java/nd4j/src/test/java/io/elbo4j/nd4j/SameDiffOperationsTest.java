package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.listeners.records.History;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Gradients against finite differences and the composed graph, training, saving and loading. */
class SameDiffOperationsTest {
    private static final int B = 16;
    private static final int PIXELS = 12;
    private static final int LATENT = 3;

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

    /** x -> mean, log-variance -> z -> logits, linear. */
    private static SameDiff vae() {
        Nd4j.getRandom().setSeed(3);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, PIXELS);
        SDVariable mean = x.mmul(weight(sd, "wm", PIXELS, LATENT));
        SDVariable logVariance = x.mmul(weight(sd, "wv", PIXELS, LATENT));
        SDVariable[] latent = SameDiffOperations.gaussianSampleKl(mean, logVariance);
        SDVariable logits = latent[0].mmul(weight(sd, "wd", LATENT, PIXELS));
        SDVariable logLikelihood = SameDiffOperations.bernoulliLogLikelihood(logits, x);
        SDVariable loss = SameDiffOperations.negativeElbo(logLikelihood, latent[1]);
        loss.rename("loss");
        loss.markAsLoss();
        return sd;
    }

    private static SDVariable weight(SameDiff sd, String name, long rows, long columns) {
        return sd.var(name, Nd4j.randn(DataType.FLOAT, rows, columns).muli(0.3));
    }

    private static double loss(SameDiff sd, INDArray x) {
        Nd4j.getRandom().setSeed(11);
        return sd.output(Map.of("x", x), "loss").get("loss").getDouble(0);
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        SameDiff sd = vae();
        INDArray x = data();
        Nd4j.getRandom().setSeed(11);
        Map<String, INDArray> gradients = sd.calculateGradients(Map.of("x", x), "wm", "wv", "wd");
        for (String name : new String[] {"wm", "wv", "wd"}) {
            INDArray w = sd.getVariable(name).getArr();
            INDArray gradient = gradients.get(name);
            for (int i = 0; i < w.length(); i++) {
                float before = w.getFloat(i);
                double h = 1e-2;
                w.putScalar(i, before + h);
                double above = loss(sd, x);
                w.putScalar(i, before - h);
                double below = loss(sd, x);
                w.putScalar(i, before);
                assertEquals((above - below) / (2 * h), gradient.getDouble(i), 2e-3, name + " " + i);
            }
        }
    }

    @Test
    void bernoulliAgreesWithTheComposedGraph() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, PIXELS);
        SDVariable a = sd.var("a", Nd4j.randn(DataType.FLOAT, B, PIXELS));
        SDVariable b = sd.var("b", a.getArr().dup());
        SDVariable fused = SameDiffOperations.bernoulliLogLikelihood(a, x);
        SDVariable composed = b.mul(x).sub(sd.nn().softplus(b)).sum(1);
        fused.mul(fused).sum().add(composed.mul(composed).sum()).markAsLoss();
        Map<String, INDArray> gradients = sd.calculateGradients(Map.of("x", data()), "a", "b");
        assertTrue(gradients.get("a").equalsWithEps(gradients.get("b"), 1e-4), gradients.toString());
    }

    @Test
    void fitTrainsAndReportsTheLoss() {
        SameDiff sd = vae();
        INDArray x = data();
        double expected = loss(sd, x);
        sd.setTrainingConfig(TrainingConfig.builder().updater(new Adam(0.02)).dataSetFeatureMapping("x")
                .markLabelsUnused().build());
        Nd4j.getRandom().setSeed(11);
        History history = sd.fit(new SingletonDataSetIterator(new DataSet(x, null)), 60);
        double first = history.lossCurve().meanLoss(0).totalLoss();
        double last = history.lossCurve().meanLoss(59).totalLoss();
        assertEquals(expected, first, 1e-5);
        assertTrue(last < first - 1, first + " -> " + last);
    }

    @Test
    void savedAndLoadedWithTheGraph(@TempDir Path folder) {
        SameDiff sd = vae();
        INDArray x = data();
        File file = folder.resolve("graph.fb").toFile();
        sd.save(file, false);
        SameDiff loaded = SameDiff.load(file, false);
        assertEquals(loss(sd, x), loss(loaded, x));
        Nd4j.getRandom().setSeed(11);
        INDArray expected = sd.calculateGradients(Map.of("x", x), "wm").get("wm");
        Nd4j.getRandom().setSeed(11);
        assertEquals(expected, loaded.calculateGradients(Map.of("x", x), "wm").get("wm"));
    }

    @Test
    void dataThatIsComputedIsRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable a = sd.var("a", Nd4j.ones(DataType.FLOAT, 2, 2));
        String message = assertThrows(IllegalArgumentException.class,
                () -> SameDiffOperations.bernoulliLogLikelihood(a, a.mul(2))).getMessage();
        assertTrue(message.contains("x must be a placeholder or constant"), message);
    }
}
