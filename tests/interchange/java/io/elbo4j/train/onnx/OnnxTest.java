package io.elbo4j.train.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Coder;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.IdxReader;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LayerNorm;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.MaskedDense;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RmsNorm;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Softmax;
import io.elbo4j.train.layer.Spread;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.model.CategoricalVae;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.ConvolutionalVae;
import io.elbo4j.train.model.GaussianMixture;
import io.elbo4j.train.model.GraphModel;
import io.elbo4j.train.model.HierarchicalVae;
import io.elbo4j.train.model.LinearGaussian;
import io.elbo4j.train.model.LocalInference;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.model.VampVae;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Microsoft's runtime makes of the files, against what the models give here. */
class OnnxTest {
    private static final int ROWS = 64;
    /** Of an output, or of the mean size of all outputs where it is smaller. */
    private static final double TOLERANCE = 1e-5;

    private interface Values {
        float next(SplittableRandom random, int column);
    }

    private static Images images(int height, int width, int channels, Values values) {
        SplittableRandom random = new SplittableRandom(3);
        float[] x = new float[ROWS * height * width * channels];
        for (int i = 0; i < x.length; i++) {
            x[i] = values.next(random, i % (height * width * channels));
        }
        return new Images("drawn", ROWS, height, width, channels, x);
    }

    private static Images real(int height, int width, int channels) {
        return images(height, width, channels, (random, c) -> (float) random.nextDouble());
    }

    /** Trains for a moment, writes both files, and compares what they give. */
    private static void same(Model model, Images data, Standardisation standardisation, int steps) {
        trained(model, data, standardisation, steps, (coder, onnx) -> {
            encodes(model, coder, onnx, data);
            decodes(model, coder, onnx, data);
        });
    }

    private static void same(Model model, Images data) {
        same(model, data, Standardisation.NONE, 20);
    }

    private interface Use {
        void of(Coder coder, Onnx onnx);
    }

    private static void trained(Model model, Images data, Standardisation standardisation, int steps, Use use) {
        try (Backend backend = Backends.open("auto", 1);
                Parameters parameters = new Parameters(backend, model.graph().parameters(), 7)) {
            try (Trainer trainer = new Trainer(model, parameters, backend, TrainingSettings.of(16, 5), data,
                    Trainer.Position.START, standardisation)) {
                trainer.steps(steps);
            }
            use.of(new Coder(model, parameters, backend, 5, standardisation), new Onnx(model, parameters, backend,
                    standardisation));
        }
    }

    private static void encodes(Model model, Coder coder, Onnx onnx, Images data) {
        try (OnnxRuntime encoder = new OnnxRuntime(onnx.encoder(Map.of("elbo4j.sha256", "abc")))) {
            assertEquals(Map.of("elbo4j.sha256", "abc"), encoder.metadata());
            Map<String, float[]> inputs = new HashMap<>();
            encoder.inputs().forEach(name -> inputs.put(name, data.array(name).copyRows(0, data.rows())));
            Map<String, float[]> theirs = encoder.run(data.rows(), inputs);
            for (String name : List.of(Model.POSTERIOR_MEAN, Model.POSTERIOR_LOG_VARIANCE)) {
                assertEquals(model.outputs().containsKey(name), theirs.containsKey(name));
                if (theirs.containsKey(name)) {
                    close(model, name, coder.output(name, data, done -> {}), theirs.get(name));
                }
            }
        }
    }

    private static void decodes(Model model, Coder coder, Onnx onnx, Images data) {
        float[] z = coder.prior(data.rows(), data, 1);
        try (OnnxRuntime decoder = new OnnxRuntime(onnx.decoder(Map.of()))) {
            Map<String, float[]> inputs = new HashMap<>(Map.of("z", z));
            decoder.inputs().stream().filter(name -> !name.equals("z")).forEach(name -> inputs.put(name, data.array(
                    name).copyRows(0, data.rows())));
            float[] ours = coder.decode(z, coder.conditions().isEmpty() ? null : data, done -> {});
            close(model, "mean", ours, decoder.run(data.rows(), inputs).get("mean"));
        }
    }

    private static void close(Model model, String name, float[] ours, float[] theirs) {
        assertEquals(ours.length, theirs.length);
        double size = 0;
        for (float v : ours) {
            size += Math.abs(v) / ours.length;
        }
        double worst = 0;
        for (int i = 0; i < ours.length; i++) {
            worst = Math.max(worst, Math.abs((double) ours[i] - theirs[i]) / Math.max(Math.abs(ours[i]), size));
        }
        System.out.printf("ONNX %s %s: largest relative difference %.2g%n", model.getClass().getSimpleName(), name,
                worst);
        assertTrue(size > 0 && worst <= TOLERANCE, name + " of " + model.settings() + ": " + worst);
    }

    @ParameterizedTest
    @EnumSource(names = {"RELU", "TANH", "SIGMOID", "SOFTPLUS", "GELU", "SILU", "ELU"})
    void activations(Activation activation) {
        same(new Vae(VaeSettings.of(30, 4, 12, 9).withActivation(activation)), real(1, 30, 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"BERNOULLI", "GAUSSIAN", "GAUSSIAN_SHARED", "GAUSSIAN_FIXED", "LAPLACE", "STUDENT_T",
            "SIGMA_VAE"})
    void likelihoods(LikelihoodKind kind) {
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(kind)), real(1, 30, 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"POISSON", "NEGATIVE_BINOMIAL", "ZERO_INFLATED_NEGATIVE_BINOMIAL"})
    void counts(LikelihoodKind kind) {
        Images data = images(1, 30, 1, (random, c) -> random.nextInt(1, 5 + 3 * c));
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(kind)), data);
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(kind).withLibrarySize()), data);
    }

    @ParameterizedTest
    @EnumSource(names = {"CATEGORICAL", "DISCRETISED_LOGISTIC_MIXTURE"})
    void classes(LikelihoodKind kind) {
        Images data = images(1, 30, 1, (random, c) -> random.nextInt(7));
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(kind).withClasses(7)), data);
    }

    @ParameterizedTest
    @EnumSource(names = {"COLUMN", "WHOLE"})
    void standardised(Standardisation.Kind kind) {
        Images data = images(1, 30, 1, (random, c) -> (float) (100 + c + (c + 1) * random.nextDouble()));
        same(new Vae(VaeSettings.of(30, 4, 12).withLikelihood(LikelihoodKind.GAUSSIAN)), data, Standardisation.of(data,
                kind), 20);
    }

    /** Its values are zeros and ones already, which are drawn as they are. */
    @Test
    void binarised() {
        Images data = images(1, 30, 1, (random, c) -> random.nextInt(2));
        same(new Vae(new VaeSettings(30, List.of(12), 4, Activation.RELU, LikelihoodKind.BERNOULLI, 1, true)), data);
    }

    /** Of an image of 30 x 23 with three channels the second convolution leaves a row out, the third a column. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void convolutions(int channels) {
        for (Activation activation : List.of(Activation.RELU, Activation.SILU)) {
            same(new ConvolutionalVae(new ConvolutionalVae.Settings(30, 23, channels, List.of(5, 6, 7), 4, activation,
                    LikelihoodKind.BERNOULLI, false)), real(30, 23, channels));
        }
    }

    @Test
    void otherModels() {
        Images data = Sprites.images(0, ROWS);
        Images labelled = data.with(Images.LABEL, Sprites.labels(0, ROWS));
        long columns = data.columns();
        for (ConditionalVae.Prior prior : ConditionalVae.Prior.values()) {
            same(new ConditionalVae(new ConditionalVae.Settings(columns, 3, List.of(20), 4, Activation.RELU,
                    LikelihoodKind.BERNOULLI, false, prior)), labelled);
        }
        same(new VampVae(new VampVae.Settings(columns, List.of(20), 4, 5, Activation.RELU, false)), data);
        same(new CategoricalVae(new CategoricalVae.Settings(columns, List.of(20), 4, Activation.RELU,
                LikelihoodKind.BERNOULLI, false)), data);
        same(new LinearGaussian(new LinearGaussian.Settings(30, 3, 0.05)), real(1, 30, 1));
    }

    /** What the models above do not have. */
    private static final class Layers extends GraphModel<VaeSettings> {
        Layers() {
            super(VaeSettings.of(30, 4));
            Value x = graph.input("x", 30);
            float[] mask = new float[30 * 12];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = i % 3 == 0 ? 0 : 1;
            }
            Value h = Activate.of(new MaskedDense("masked", 30, 12, mask).apply(x), Activation.TANH);
            Value row = ConstantRow.of(graph, "ones", 2, 1);
            Value all = Concatenate.of("all", row, h, LearnedRow.of(graph, "learned", 3, 0.5f), Softmax.of(h));
            Value normalised = LayerNorm.of("norm", all);
            Value weighed = Multiply.of(normalised, Spread.of(RowSum.of(Slice.of("some", h, 3, 8)), all.columns()));
            DiagonalGaussian q = DiagonalGaussian.of("posterior", RmsNorm.of("rms", weighed), 4);
            Value z = graph.latent("z", q);
            Value d = Dense.of("d", z, 12, Activation.ELU);
            Value p = Subtract.of(Dense.of("p", d, 30, Activation.IDENTITY), Scale.of(Slice.of("most", Concatenate.of(
                    "thrice", d, d, d), 1, 31), 2, 0.5f));
            Bernoulli likelihood = new Bernoulli(p);
            graph.observe("reconstruction", likelihood, x);
            outputs.put(POSTERIOR_MEAN, q.mean());
            outputs.put(POSTERIOR_LOG_VARIANCE, q.logVariance());
            outputs.put(Z, z);
            outputs.put(MEAN, likelihood.mean());
        }
    }

    @Test
    void layers() {
        same(new Layers(), real(1, 30, 1));
    }

    @Test
    void sprites() {
        Images data = Sprites.images(0, ROWS);
        same(new Vae(VaeSettings.of(data.columns(), 10, 100)), data, Standardisation.NONE, 100);
    }

    @Test
    void mnist() {
        String folder = System.getProperty("elbo4j.mnist");
        assumeTrue(folder != null, "skipped: needs MNIST; give its folder with -Delbo4j.mnist=DIR");
        Images train = IdxReader.trainImages(Path.of(folder)).first(8192);
        Images test = IdxReader.testImages(Path.of(folder)).first(1000);
        for (Model model : List.of(new Vae(VaeSettings.of(784, 20, 400)), new ConvolutionalVae(
                new ConvolutionalVae.Settings(28, 28, 1, List.of(8, 16), 20, Activation.RELU, LikelihoodKind.BERNOULLI,
                        false)))) {
            trained(model, train, Standardisation.NONE, 512, (coder, onnx) -> {
                encodes(model, coder, onnx, test);
                decodes(model, coder, onnx, test);
            });
        }
    }

    @Test
    void refusedByName() {
        Images data = real(1, 30, 1);
        trained(new HierarchicalVae(new HierarchicalVae.Settings(30, List.of(8, 8), List.of(4, 2), Activation.TANH,
                false)), data, Standardisation.NONE, 1, (coder, onnx) -> {
                    refuses("cannot be written as ONNX: 'h1.generated' is drawn at random (", () -> onnx.decoder(Map
                            .of()));
                });
        Model mixture = new GaussianMixture(new GaussianMixture.Settings(30, 3, 0.05, 1));
        trained(mixture, data, Standardisation.NONE, 1, (coder, onnx) -> {
            refuses("cannot be written as ONNX: 'log p(x given z)' is an operation without a counterpart in ONNX here"
                    + " (GaussianLogLikelihood.forward)", () -> onnx.encoder(Map.of()));
            decodes(mixture, coder, onnx, data);
        });
        trained(new LocalInference(new LocalInference.Settings(30, ROWS, List.of(8), 2, Activation.TANH,
                LikelihoodKind.BERNOULLI, false, 0.1, 10)), data, Standardisation.NONE, 1, (coder, onnx) -> {
                    refuses("cannot be written as ONNX: this model fits q(z) to each row", () -> onnx.encoder(Map
                            .of()));
                    decodes(new Vae(VaeSettings.of(30, 2, 8)), coder, onnx, data);
                });
    }

    /** Its mean, a function of the logits, is no chain of ONNX's operations here; its encoder is as any. */
    @Test
    void theMeanOfTheContinuousBernoulliIsRefused() {
        Images data = real(1, 30, 1);
        Model model = new Vae(VaeSettings.of(30, 4, 12).withLikelihood(LikelihoodKind.CONTINUOUS_BERNOULLI));
        trained(model, data, Standardisation.NONE, 5, (coder, onnx) -> {
            encodes(model, coder, onnx, data);
            refuses("cannot be written as ONNX: 'mean of logits' is an operation without a counterpart in ONNX here"
                    + " (LogLikelihood.fused)", () -> onnx.decoder(Map.of()));
        });
    }

    private static void refuses(String sentence, Runnable call) {
        String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(said.startsWith(sentence), said);
    }
}
