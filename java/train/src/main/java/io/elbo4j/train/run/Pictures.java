package io.elbo4j.train.run;

import io.elbo4j.train.Coder;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.Traversal;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.picture.Curve;
import io.elbo4j.train.picture.Png;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a run shows: reconstructions, samples from the prior, a latent traversal, the training curve. */
final class Pictures {
    static final String CURVE = "curve.png";
    private static final int PAIRS = 32;
    private static final int SAMPLES = 64;
    private static final int TRAVERSED = 10;
    /** Values of all images of a picture: of large images it shows fewer, a run must not end for want of memory. */
    private static final int MOST_VALUES = 1 << 25;
    private static final int STEPS = 9;
    /** Of a standard normal variable, where all but a thousandth of it lies. */
    private static final double FAR = 3;

    private Pictures() {}

    /**
     * The pictures of a model, by the names of their files, in the order in which they are to be drawn; images with
     * neither 1 nor 3 channels, or of more than 1,864,135 values, have none but the curve.
     */
    static Map<String, Consumer<Path>> of(Coder coder, Model model, Images images, Evaluation evaluation,
            Metrics metrics) {
        Map<String, Consumer<Path>> pictures = new LinkedHashMap<>();
        if (metrics.epochs().length > 0) {
            pictures.put(CURVE, file -> Curve.write(file, "ELBO (nats per row)", metrics.epochs(),
                    metrics.elbo("train"), metrics.elbo(metrics.set()), metrics.set()));
        }
        int most = MOST_VALUES / images.columns();
        if (images.channels() != 1 && images.channels() != 3 || most < 2 * STEPS) {
            return pictures;
        }
        Images few = images.first(Math.min(Math.min(PAIRS, most / 2), images.rows()));
        Png png = png(model, images, few.copyRows(0, few.rows()));
        Set<String> outputs = model.outputs().keySet();
        // what is generated may be shares of a library, where the images are counts
        Function<float[], Png> generated = x -> outputs.contains(Model.GENERATED_MEAN) ? png(model, images, x) : png;
        // a picture shows one mean for each image or z: not each member's
        if (outputs.stream().filter(Set.of(Model.MEAN, Model.GENERATED_MEAN)::contains)
                .anyMatch(name -> model.outputs().get(name).columnsOfRow() != Inputs.columns(model.graph(),
                        Images.X))) {
            return pictures;
        }
        if (outputs.contains(Model.MEAN)) {
            pictures.put("reconstructions.png", file -> png.originalsBesideReconstructions(file,
                    few.copyRows(0, few.rows()), coder.reconstruct(few), 8, Sequences.heights(few)));
        }
        if (outputs.containsAll(List.of(Model.Z, Model.MEAN)) && model.outputs().get(Model.Z) instanceof Latent latent
                && latent.prior().isDrawable()) {
            int count = Math.min(SAMPLES, most);
            pictures.put("samples.png", file -> {
                Images like = conditions(model, images, count);
                float[] x = coder.decode(coder.prior(count, like, 1), like, done -> {});
                generated.apply(x).grid(file, x, 8);
            });
        }
        Value z = model.outputs().get(Model.Z);
        boolean reported = model.graph().all(KlPerDimension.class).stream().anyMatch(u -> u.latent() == z);
        if (outputs.containsAll(List.of(Model.POSTERIOR_MEAN, Model.MEAN)) && reported
                && z.columnsOfRow() == z.columns()) {
            pictures.put("traversal.png", file -> {
                float[] rows = traversal(coder.encode(images.first(1)), evaluation, most / STEPS);
                Images like = conditions(model, images.first(1), rows.length / (int) z.columns());
                float[] x = coder.decodeAlike(rows, like, done -> {});
                generated.apply(x).traversal(file, x, STEPS);
            });
        }
        return pictures;
    }

    /** @param x what is shown */
    private static Png png(Model model, Images images, float[] x) {
        return new Png(images.height(), images.width(), images.channels(), Inputs.full(model.graph(), x));
    }

    /** What the decoder needs beside z, as a label: that of the images, one after the other and over again. */
    private static @Nullable Images conditions(Model model, Images images, int rows) {
        if (images.arrays().size() == 1) {
            return null;
        }
        // of x only the place is needed
        Images conditions = new Images(images.name(), rows, 1, 1, 1, new float[rows]);
        for (Input input : model.graph().all(Input.class)) {
            if (!input.name().equals(Images.X)) {
                conditions = conditions.with(input.name(), images.array(input.name()).repeated(rows));
            }
        }
        return conditions;
    }

    /** The first image's latent variable with one dimension at a time moved, the most informative ones first. */
    private static float[] traversal(float[] z, Evaluation evaluation, int most) {
        int[] dimensions = Traversal.mostInformative(evaluation.klPerDimension().subList(0, z.length), Math.min(
                TRAVERSED, most));
        float[] rows = new float[dimensions.length * STEPS * z.length];
        for (int i = 0; i < dimensions.length; i++) {
            float[] some = Traversal.of(z, dimensions[i], -FAR, FAR, STEPS);
            System.arraycopy(some, 0, rows, i * some.length, some.length);
        }
        return rows;
    }
}
