package io.elbo4j.nd4j.examples;

import io.elbo4j.nd4j.samediff.SameDiffOperations;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.weightinit.impl.XavierInitScheme;

/**
 * A convolutional variational autoencoder in SameDiff, to copy and change: ND4J's convolutions, and elbo4j's sample +
 * KL, likelihood and loss. It learns to draw discs of any place and size, or MNIST's digits:
 *
 * <pre>
 *   java -cp ... io.elbo4j.nd4j.examples.ConvolutionalVae                     discs
 *   java -cp ... io.elbo4j.nd4j.examples.ConvolutionalVae train-images-idx3-ubyte.gz
 * </pre>
 */
public final class ConvolutionalVae {
    private static final int LATENT = 8;
    private static final int CHANNELS = 8;
    private static final int KERNEL = 4;

    private ConvolutionalVae() {}

    public static void main(String[] args) throws IOException {
        // the weights and the noise of every step come from this generator: with a seed the run is repeatable
        Nd4j.getRandom().setSeed(1);
        INDArray images = args.length == 0 ? discs(1024, 16) : mnist(Path.of(args[0]), 4096);
        SameDiff vae = graph(images.size(2));
        LossCurve losses = train(vae, images, 32, 10);
        for (int epoch = 0; epoch < 10; epoch++) {
            System.out.printf("epoch %d: negative ELBO %.1f nats an image%n", epoch + 1,
                    losses.meanLoss(epoch).totalLoss());
        }
        System.out.println(reconstruct(vae, images, 3));
    }

    /**
     * Pixels in [0, 1], B x 1 x size x size -> z -> logits of the pixels.
     *
     * @param size a multiple of 4, as the encoder halves it twice
     */
    static SameDiff graph(long size) {
        SameDiff sd = SameDiff.create();
        // an iterator of DataSets has features and labels: here both are the images
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 1, size, size);
        SDVariable observed = sd.placeHolder("observed", DataType.FLOAT, -1, 1, size, size);

        SDVariable e = sd.nn().relu(convolution(sd, "encode1", x, 1, CHANNELS), 0);
        e = sd.nn().relu(convolution(sd, "encode2", e, CHANNELS, 2 * CHANNELS), 0);
        long features = 2 * CHANNELS * size / 4 * size / 4;
        e = e.reshape(-1, features);
        SDVariable mean = dense(sd, "mean", e, features, LATENT);
        SDVariable logVariance = dense(sd, "logVariance", e, features, LATENT);

        SDVariable[] latent = SameDiffOperations.gaussianSampleKl(mean, logVariance);
        SDVariable z = latent[0].rename("z");
        SDVariable kl = latent[1].rename("kl");

        SDVariable d = sd.nn().relu(dense(sd, "decode", z, LATENT, features), 0);
        d = d.reshape(-1, 2 * CHANNELS, size / 4, size / 4);
        d = sd.nn().relu(deconvolution(sd, "decode1", d, 2 * CHANNELS, CHANNELS), 0);
        SDVariable logits = deconvolution(sd, "decode2", d, CHANNELS, 1).rename("logits");
        sd.nn().sigmoid("pixels", logits);

        SDVariable logLikelihood = SameDiffOperations.bernoulliLogLikelihood(logits, observed);
        // the last operation, so that fit() reports it; weights belong inside: kl.mul(beta)
        SameDiffOperations.negativeElbo(logLikelihood, kl).rename("loss").markAsLoss();
        return sd;
    }

    static LossCurve train(SameDiff vae, INDArray images, int batch, int epochs) {
        vae.setTrainingConfig(TrainingConfig.builder().updater(new Adam(2e-3)).dataSetFeatureMapping("x")
                .dataSetLabelMapping("observed").build());
        return vae.fit(new ViewIterator(new DataSet(images, images), batch), epochs).lossCurve();
    }

    /** The first images, and below each what the decoder makes of its code. */
    static String reconstruct(SameDiff vae, INDArray images, int count) {
        INDArray x = images.get(NDArrayIndex.interval(0, count)).dup();
        INDArray pixels = vae.output(Map.of("x", x), "pixels").get("pixels");
        StringBuilder text = new StringBuilder();
        for (INDArray rows : new INDArray[] {x, pixels}) {
            for (int h = 0; h < x.size(2); h++) {
                for (int i = 0; i < count; i++) {
                    for (int w = 0; w < x.size(3); w++) {
                        text.append(" .:*#".charAt((int) (rows.getFloat(i, 0, h, w) * 4.99f)));
                    }
                    text.append("   ");
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static SDVariable convolution(SameDiff sd, String name, SDVariable x, int in, int out) {
        return sd.cnn().conv2d(x,
                weight(sd, name, in * KERNEL * KERNEL, out * KERNEL * KERNEL, KERNEL, KERNEL, in, out),
                bias(sd, name, out),
                Conv2DConfig.builder().kH(KERNEL).kW(KERNEL).sH(2).sW(2).paddingMode(PaddingMode.SAME).build());
    }

    private static SDVariable deconvolution(SameDiff sd, String name, SDVariable x, int in, int out) {
        return sd.cnn().deconv2d(x,
                weight(sd, name, in * KERNEL * KERNEL, out * KERNEL * KERNEL, KERNEL, KERNEL, out, in),
                bias(sd, name, out),
                DeConv2DConfig.builder().kH(KERNEL).kW(KERNEL).sH(2).sW(2).isSameMode(true).build());
    }

    private static SDVariable dense(SameDiff sd, String name, SDVariable x, long in, long out) {
        return x.mmul(weight(sd, name, in, out, in, out)).add(name, bias(sd, name, out));
    }

    private static SDVariable weight(SameDiff sd, String name, long in, long out, long... shape) {
        return sd.var(name + "/weight", new XavierInitScheme('c', in, out), DataType.FLOAT, shape);
    }

    private static SDVariable bias(SameDiff sd, String name, long out) {
        return sd.zero(name + "/bias", DataType.FLOAT, out);
    }

    /** Black images with a white disc each, of any place and size. */
    static INDArray discs(int count, int size) {
        Random random = new Random(1);
        INDArray images = Nd4j.create(DataType.FLOAT, count, 1, size, size);
        for (int i = 0; i < count; i++) {
            double radius = size * (0.1 + 0.2 * random.nextDouble());
            double y = radius + (size - 2 * radius) * random.nextDouble();
            double x = radius + (size - 2 * radius) * random.nextDouble();
            for (int h = 0; h < size; h++) {
                for (int w = 0; w < size; w++) {
                    images.putScalar(i, 0, h, w, Math.hypot(h + 0.5 - y, w + 0.5 - x) < radius ? 1 : 0);
                }
            }
        }
        return images;
    }

    /** The first images of a gzipped IDX file, divided by 255. */
    static INDArray mnist(Path file, int count) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(16);
            float[] pixels = new float[count * 28 * 28];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = in.readUnsignedByte() / 255f;
            }
            return Nd4j.create(pixels, new long[] {count, 1, 28, 28}, 'c');
        }
    }
}
