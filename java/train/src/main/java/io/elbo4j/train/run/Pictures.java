package io.elbo4j.train.run;

import io.elbo4j.train.Coder;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.picture.Curve;
import io.elbo4j.train.picture.Png;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a run shows: reconstructions, samples from the prior, a latent traversal, the training curve. */
final class Pictures {
    private static final int PAIRS = 32;
    private static final int SAMPLES = 64;
    private static final int TRAVERSED = 10;
    private static final float[] STEPS = {-3, -2.25f, -1.5f, -0.75f, 0, 0.75f, 1.5f, 2.25f, 3};

    private Pictures() { }

    /** Writes the pictures of a model and names them; images with neither 1 nor 3 channels have none but the curve. */
    static List<Path> write(Path directory, Coder coder, Images images, Evaluation evaluation, Metrics metrics) {
        List<Path> written = new ArrayList<>();
        if (metrics.elbo("train").length > 0) {
            written.add(directory.resolve("curve.png"));
            Curve.write(written.get(0), "ELBO (nats per row)", metrics.elbo("train"), metrics.elbo("test"));
        }
        if (images.channels() != 1 && images.channels() != 3) {
            return written;
        }
        Png png = new Png(images.height(), images.width(), images.channels());
        Images few = images.first(Math.min(PAIRS, images.rows()));
        Path reconstructions = directory.resolve("reconstructions.png");
        png.originalsBesideReconstructions(reconstructions, few.copyRows(0, few.rows()), coder.reconstruct(few), 8);
        Path samples = directory.resolve("samples.png");
        png.grid(samples, coder.decode(coder.prior(SAMPLES)), 8);
        Path traversal = directory.resolve("traversal.png");
        png.traversal(traversal, coder.decode(traversal(coder.encode(images.first(1)), evaluation)), STEPS.length);
        written.addAll(List.of(reconstructions, samples, traversal));
        return written;
    }

    /** The first image's latent variable with one dimension at a time moved, the most informative ones first. */
    private static float[] traversal(float[] z, Evaluation evaluation) {
        List<Double> kl = evaluation.klPerDimension();
        int[] dimensions = IntStream.range(0, kl.size()).boxed().sorted(Comparator.comparing(kl::get).reversed())
                .limit(TRAVERSED).mapToInt(i -> i).toArray();
        float[] rows = new float[dimensions.length * STEPS.length * z.length];
        int at = 0;
        for (int dimension : dimensions) {
            for (float step : STEPS) {
                System.arraycopy(z, 0, rows, at, z.length);
                rows[at + dimension] = step;
                at += z.length;
            }
        }
        return rows;
    }
}
