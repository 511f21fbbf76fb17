package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Streams;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Vae;
import java.util.function.LongConsumer;

/**
 * Runs a trained model in both directions: images to latent variables, latent variables to images. Threads may share
 * one, as each call has buffers of its own; no other thread may train or close the parameters meanwhile.
 */
public final class Coder {
    private static final int ROWS = 500;

    private final Vae vae;
    private final Parameters parameters;
    private final Backend backend;
    private final long seed;
    private final Standardisation standardisation;

    public Coder(Vae vae, Parameters parameters, Backend backend, long seed) {
        this(vae, parameters, backend, seed, Standardisation.NONE);
    }

    /** @param standardisation that of the training data: images are given, and come back, as they are */
    public Coder(Vae vae, Parameters parameters, Backend backend, long seed, Standardisation standardisation) {
        this.standardisation = standardisation;
        this.vae = vae;
        this.parameters = parameters;
        this.backend = backend;
        this.seed = seed;
    }

    /**
     * Mean of q(z | x) of every image, row after row: images.rows() x latent. For a model that binarises, x is one draw
     * of zeros and ones, always the same for an image at its place.
     */
    public float[] encode(Images images) {
        return encode(images, done -> {});
    }

    /**
     * As {@link #encode(Images)}.
     *
     * @param rowsDone is told now and then how many rows are done
     */
    public float[] encode(Images images, LongConsumer rowsDone) {
        return run(images, vae.posterior().mean(), rowsDone);
    }

    /** Mean of p(x | z) with z a sample of q(z | x), of every image, row after row. */
    public float[] reconstruct(Images images) {
        return standardisation.undo(run(images, vae.mean(), done -> {}), images.columns());
    }

    private float[] run(Images images, Value wanted, LongConsumer rowsDone) {
        int width = Math.toIntExact(wanted.columns());
        float[] out = new float[Math.multiplyExact(images.rows(), width)];
        try (Matrix data = Resident.load(backend, images, vae, standardisation);
                Steps steps = new Steps(rows -> Step.of(vae.graph(), parameters, backend).rows(rows).seed(seed)
                        .read(data).want(wanted).compile())) {
            int[] order = Resident.inOrder(images.rows());
            for (Chunk chunk : Chunk.of(images.rows(), ROWS)) {
                Step step = steps.of(chunk.rows());
                step.rows(order, chunk.begin()).run(0, chunk.begin());
                System.arraycopy(step.value(wanted).toArray(), 0, out, chunk.begin() * width, chunk.rows() * width);
                rowsDone.accept(chunk.begin() + chunk.rows());
            }
        }
        return out;
    }

    /** Mean of p(x | z) for given latent variables, row after row. */
    public float[] decode(float[] z) {
        return decode(z, done -> {});
    }

    /**
     * As {@link #decode(float[])}.
     *
     * @param rowsDone is told now and then how many rows are done
     */
    public float[] decode(float[] z, LongConsumer rowsDone) {
        int latent = (int) vae.latent().columns();
        int rows = z.length / latent;
        if (rows * latent != z.length || rows == 0) {
            throw new IllegalArgumentException("z must hold a multiple of " + latent + " numbers (the latent"
                    + " dimensions), not " + z.length);
        }
        int columns = (int) vae.settings().columns();
        float[] out = new float[Math.multiplyExact(rows, columns)];
        try (Steps steps = new Steps(n -> Step.of(vae.graph(), parameters, backend).rows(n).seed(seed).given(vae.z())
                .want(vae.mean()).compile())) {
            for (Chunk chunk : Chunk.of(rows, ROWS)) {
                Step step = steps.of(chunk.rows());
                step.value(vae.z()).set(z, chunk.begin() * latent);
                step.run(0);
                System.arraycopy(step.value(vae.mean()).toArray(), 0, out, chunk.begin() * columns,
                        chunk.rows() * columns);
                rowsDone.accept(chunk.begin() + chunk.rows());
            }
        }
        return standardisation.undo(out, columns);
    }

    /** Draws {@code count} latent variables from the prior N(0, I): row i is the same whatever the count. */
    public float[] prior(int count) {
        try (Matrix z = backend.matrix(count, vae.latent().columns())) {
            RandomFill.normal(new Noise(seed, Streams.PRIOR), z).run();
            return z.toArray();
        }
    }
}
