package io.elbo4j.nd4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.cpu.CpuLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ConvolutionalVaeTest {
    private static final int BATCH = 32;
    private static final long SEED = 5;

    @BeforeAll
    static void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    @Test
    void fitReportsTheNegativeElboAndHalvesIt() {
        Nd4j.getRandom().setSeed(SEED);
        INDArray images = ConvolutionalVae.discs(512, 16);
        SameDiff vae = ConvolutionalVae.graph(16);
        INDArray batch = images.get(NDArrayIndex.interval(0, BATCH)).dup();

        double expected = negativeElbo(vae, batch);
        Nd4j.getRandom().setSeed(SEED);
        double reported = ConvolutionalVae.train(vae, batch, BATCH, 1).meanLoss(0).totalLoss();
        assertEquals(expected, reported, 1e-6 * expected);

        LossCurve losses = ConvolutionalVae.train(vae, images, BATCH, 8);
        assertTrue(losses.meanLoss(7).totalLoss() < reported / 2, reported + " -> " + losses.getLossValues());
        assertEquals(2 * 16, ConvolutionalVae.reconstruct(vae, images, 3).lines().count());
    }

    @Test
    void digits() throws IOException {
        String folder = System.getProperty("elbo4j.mnist");
        assumeTrue(folder != null, "skipped: needs MNIST; give its folder with -Delbo4j.mnist=DIR");
        Nd4j.getRandom().setSeed(SEED);
        INDArray images = ConvolutionalVae.mnist(Path.of(folder, "train-images-idx3-ubyte.gz"), 1024);
        SameDiff vae = ConvolutionalVae.graph(28);
        double before = negativeElbo(vae, images.get(NDArrayIndex.interval(0, BATCH)).dup());
        LossCurve losses = ConvolutionalVae.train(vae, images, BATCH, 2);
        assertTrue(losses.meanLoss(1).totalLoss() < before / 2, before + " -> " + losses.getLossValues());
    }

    /** In double, from what ND4J's own operations computed; of the sample only that its noise looks standard normal. */
    private static double negativeElbo(SameDiff vae, INDArray x) {
        Nd4j.getRandom().setSeed(SEED);
        Map<String, INDArray> results = vae.output(Map.of("x", x), "mean", "logVariance", "z", "logits");
        double[] mean = values(results.get("mean"));
        double[] logVariance = values(results.get("logVariance"));
        double[] z = values(results.get("z"));
        double kl = 0;
        double squares = 0;
        for (int i = 0; i < z.length; i++) {
            kl += (Math.exp(logVariance[i]) + mean[i] * mean[i] - logVariance[i] - 1) / 2;
            squares += Math.pow(z[i] - mean[i], 2) / Math.exp(logVariance[i]);
        }
        assertEquals(1, squares / z.length, 4 * Math.sqrt(2.0 / z.length));
        double[] pixels = values(x);
        double[] logits = values(results.get("logits"));
        double logLikelihood = 0;
        for (int i = 0; i < pixels.length; i++) {
            logLikelihood += pixels[i] * logits[i] - Math.log1p(Math.exp(logits[i]));
        }
        return (kl - logLikelihood) / x.size(0);
    }

    private static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
