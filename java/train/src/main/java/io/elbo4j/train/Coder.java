package io.elbo4j.train;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.StandardNormal;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Latent;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Streams;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.DataCheck;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trained model in both directions: images to latent variables, latent variables to images. Threads may share
 * one, as each call has buffers of its own; no other thread may train or close the parameters meanwhile.
 */
public final class Coder {
    private static final int ROWS = 500;

    private final Model model;
    private final Parameters parameters;
    private final Backend backend;
    private final long seed;
    private final Standardisation standardisation;

    public Coder(Model model, Parameters parameters, Backend backend, long seed) {
        this(model, parameters, backend, seed, Standardisation.NONE);
    }

    /** @param standardisation that of the training data: images are given, and come back, as they are */
    public Coder(Model model, Parameters parameters, Backend backend, long seed, Standardisation standardisation) {
        this.standardisation = standardisation;
        this.model = model;
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
        return output(Model.POSTERIOR_MEAN, images, rowsDone);
    }

    /** Mean of p(x | z) with z a sample of q(z | x), of every image, row after row. */
    public float[] reconstruct(Images images) {
        return output(Model.MEAN, images, done -> {});
    }

    /**
     * One of {@link Model#outputs} of every image, row after row: images.rows() x {@link Value#columnsOfRow}. What has
     * several rows for an image, as the steps of a sequence or the members of an ensemble, has them side by side; what
     * all images share is there for each. Means of x are those of the data as given. What has a row for each step of a
     * sequence is NaN past its end, where the model's numbers stand for nothing.
     *
     * @param rowsDone is told now and then how many rows are done
     * @throws IllegalArgumentException if the model has no output of that name
     */
    public float[] output(String name, Images images, LongConsumer rowsDone) {
        Value wanted = output(name);
        int width = Math.toIntExact(wanted.columnsOfRow());
        float[] out = new float[Math.multiplyExact(images.rows(), width)];
        try (Feed data = Feed.of(backend, images, model, standardisation, ROWS);
                Fitted fitted = new Fitted(model, parameters, backend, data, seed);
                Steps steps = new Steps(rows -> Step.of(model.graph(), fitted.parameters(), backend).rows(rows).seed(
                        seed).read(data.source()).want(wanted).compile())) {
            int[] order = Feed.inOrder(images.rows());
            data.begin(order, 0);
            for (Chunk chunk : Chunk.of(images.rows(), ROWS)) {
                Step step = steps.of(chunk.rows());
                data.at(chunk.begin(), chunk.rows());
                fitted.fit(order, chunk);
                step.rows(order, chunk.begin()).run(0, chunk.begin());
                copy(step, wanted, chunk, out);
                rowsDone.accept(chunk.begin() + chunk.rows());
            }
        }
        return asGiven(name, out, images);
    }

    /** To the places of a chunk's rows. */
    private static void copy(Step step, Value value, Chunk chunk, float[] out) {
        float[] all = step.value(value).toArray();
        int width = Math.toIntExact(value.columnsOfRow());
        int copies = value.rows().has(Axis.BATCH) ? 1 : chunk.rows();
        for (int i = 0; i < copies; i++) {
            System.arraycopy(all, 0, out, (chunk.begin() + i) * width, all.length);
        }
    }

    /** @param given to the model, of sequences with their mask; null where nothing is */
    private float[] asGiven(String name, float[] out, @Nullable Images given) {
        if (given != null && given.arrays().contains(Images.MASK) && Inputs.ofSteps(output(name))) {
            Images mask = given.array(Images.MASK);
            Sequences.end(out, mask.copyRows(0, mask.rows()));
        }
        return isOfData(name) ? asGiven(out) : out;
    }

    private float[] asGiven(float[] means) {
        return standardisation.undo(means, Math.toIntExact(Inputs.columns(model.graph(), Images.X)));
    }

    /**
     * A value of the model by its name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public Value output(String name) {
        Value found = model.outputs().get(name);
        if (found == null) {
            throw new IllegalArgumentException("the model has no output '" + name + "'; it has "
                    + String.join(", ", model.outputs().keySet()));
        }
        return found;
    }

    private static boolean isOfData(String name) {
        return name.equals(Model.MEAN) || name.equals(Model.GENERATED_MEAN) || name.equals(Model.DRAWN);
    }

    /** Whether anything is drawn for one of {@link Model#outputs} of images: else the seed has no effect on it. */
    public boolean isRandom(String name) {
        return isRandom(output(name));
    }

    /** The same of any value of the model's graph. */
    public boolean isRandom(Value wanted) {
        // a fit of parameters to the images draws too
        return model.local().isPresent() || isRandom(one().want(wanted));
    }

    /** Whether anything is drawn for {@link #decode}, between z and x: else the seed has no effect on it. */
    public boolean isDecodingRandom() {
        return isRandom(one().given(output(Model.Z)).fromPriors().want(generated()));
    }

    private StepBuilder one() {
        return Step.of(model.graph(), parameters, backend);
    }

    private static boolean isRandom(StepBuilder step) {
        try (Step compiled = step.compile()) {
            return compiled.isRandom();
        }
    }

    private Value generated() {
        return output(model.outputs().containsKey(Model.GENERATED_MEAN) ? Model.GENERATED_MEAN : Model.MEAN);
    }

    /** What z alone does not decide: the inputs that {@link #decode} takes from a data set, as labels. */
    public Set<Input> conditions() {
        return Inputs.needed(Set.of(generated()), Set.of(output(Model.Z)), true);
    }

    /** Mean of p(x | z) for given latent variables, row after row. */
    public float[] decode(float[] z) {
        return decode(z, null, done -> {});
    }

    /**
     * As {@link #decode(float[])}.
     *
     * @param rowsDone is told now and then how many rows are done
     */
    public float[] decode(float[] z, LongConsumer rowsDone) {
        return decode(z, null, rowsDone);
    }

    /**
     * As {@link #decode(float[])}. What lies between z and x is drawn from its prior.
     *
     * @param conditions has the arrays of {@link #conditions}, a row for each of z; null where there are none
     * @param rowsDone is told now and then how many rows are done
     */
    public float[] decode(float[] z, @Nullable Images conditions, LongConsumer rowsDone) {
        return decode(z, conditions, rowsDone, false);
    }

    /**
     * As {@link #decode(float[], Images, LongConsumer)}, but what lies between z and x is one draw, that of the first
     * row: rows differ in what z and the conditions make of it, as along a path from one code to another.
     */
    public float[] decodeAlike(float[] z, @Nullable Images conditions, LongConsumer rowsDone) {
        return decode(z, conditions, rowsDone, true);
    }

    private float[] decode(float[] z, @Nullable Images conditions, LongConsumer rowsDone, boolean alike) {
        Value code = output(Model.Z);
        Value wanted = generated();
        int latent = Math.toIntExact(code.columnsOfRow());
        int rows = z.length / latent;
        if (rows * latent != z.length || rows == 0) {
            throw new IllegalArgumentException("z must hold a multiple of " + latent + " numbers (the latent"
                    + " dimensions), not " + z.length);
        }
        Set<Input> inputs = required(conditions, rows, Set.of(wanted), Set.of(code));
        float[] out = new float[Math.multiplyExact(rows, Math.toIntExact(wanted.columnsOfRow()))];
        try (Steps steps = new Steps(n -> Step.of(model.graph(), parameters, backend).rows(n).seed(seed).given(code)
                .fromPriors().want(wanted).compile())) {
            boolean repeated = alike && steps.of(1).isRandom();
            for (Chunk chunk : Chunk.of(rows, repeated ? 1 : ROWS)) {
                Step step = steps.of(chunk.rows());
                step.value(code).set(z, chunk.begin() * latent);
                set(step, inputs, conditions, chunk);
                step.run(0, repeated ? 0 : chunk.begin());
                copy(step, wanted, chunk, out);
                rowsDone.accept(chunk.begin() + chunk.rows());
            }
        }
        return asGiven(out);
    }

    /** The inputs that {@link #generate} takes from a data set, as actions. */
    public Set<Input> conditions(String name) {
        return Inputs.needed(Set.of(output(name)), Set.of(), true);
    }

    /**
     * One of {@link Model#outputs} with all latent variables drawn from their priors, each given those before it, as
     * along a sequence: row i is the same whatever the count, and of the same draws whatever the output. Where the
     * conditions are of sequences, what lies past their end is NaN.
     *
     * @param conditions has the arrays of {@link #conditions(String)}, a row for each; null where there are none
     * @param rowsDone is told now and then how many rows are done
     */
    public float[] generate(String name, int count, @Nullable Images conditions, LongConsumer rowsDone) {
        ArgumentException.require(count >= 1, "count", "at least 1", count);
        Value wanted = output(name);
        Set<Input> inputs = required(conditions, count, Set.of(wanted), Set.of());
        float[] out = new float[Math.multiplyExact(count, Math.toIntExact(wanted.columnsOfRow()))];
        try (Steps steps = new Steps(n -> Step.of(model.graph(), parameters, backend).rows(n).seed(seed).fromPriors()
                .want(wanted).compile())) {
            for (Chunk chunk : Chunk.of(count, ROWS)) {
                Step step = steps.of(chunk.rows());
                set(step, inputs, conditions, chunk);
                step.run(0, chunk.begin());
                copy(step, wanted, chunk, out);
                rowsDone.accept(chunk.begin() + chunk.rows());
            }
        }
        return asGiven(name, out, conditions);
    }

    private static void set(Step step, Set<Input> inputs, @Nullable Images conditions, Chunk chunk) {
        for (Input input : inputs) {
            step.value(input).set(conditions.array(input.name()).copyRows(chunk.begin(), chunk.rows()), 0);
        }
    }

    private Set<Input> required(@Nullable Images conditions, int rows, Set<Value> wanted, Set<Value> given) {
        Set<Input> inputs = Inputs.needed(wanted, given, true);
        for (Input input : inputs) {
            if (conditions == null) {
                throw new IllegalArgumentException("this model needs '" + input.name() + "' of each row beside z");
            }
            Images array = conditions.array(input.name());
            if (array.rows() != rows || array.columns() != input.columns()) {
                throw new IllegalArgumentException("'" + input.name() + "' must be " + rows + " x " + input.columns()
                        + ", not " + array.rows() + " x " + array.columns());
            }
        }
        if (conditions != null) {
            new DataCheck(model.graph()).requireConditions(conditions, inputs);
        }
        return inputs;
    }

    /** Draws {@code count} latent variables from the prior: row i is the same whatever the count. */
    public float[] prior(int count) {
        return prior(count, null, 1);
    }

    /**
     * Draws latent variables from the prior.
     *
     * @param conditions as of {@link #decode}, where the prior depends on them
     * @param temperature what the prior's standard deviation is multiplied by, at least 0: below 1 samples are more
     *     typical and less various
     * @throws IllegalArgumentException if the prior is no Gaussian and the temperature not 1
     */
    public float[] prior(int count, @Nullable Images conditions, double temperature) {
        ArgumentException.require(count >= 1, "count", "at least 1", count);
        ArgumentException.require(temperature >= 0 && temperature <= Float.MAX_VALUE, "temperature",
                "a number of at least 0", temperature);
        if (!(output(Model.Z) instanceof Latent z)) {
            throw new IllegalArgumentException("the model's output '" + Model.Z + "' is no latent variable");
        }
        if (z.prior() instanceof StandardNormal) {
            return scaled(standardNormal(count, z.columnsOfRow()), null, temperature);
        }
        Value mean = z.prior() instanceof DiagonalGaussian gaussian ? gaussian.mean() : null;
        ArgumentException.require(mean != null || temperature == 1, "temperature",
                "1 where the prior is no Gaussian", temperature);
        int width = Math.toIntExact(z.columnsOfRow());
        float[] out = new float[Math.multiplyExact(count, width)];
        Set<Value> wanted = mean == null ? Set.of(z) : Set.of(z, mean);
        Set<Input> inputs = required(conditions, count, wanted, Set.of());
        try (Steps steps = new Steps(n -> Step.of(model.graph(), parameters, backend).rows(n).seed(seed)
                .fromPriors().want(wanted.toArray(Value[]::new)).compile())) {
            for (Chunk chunk : Chunk.of(count, ROWS)) {
                Step step = steps.of(chunk.rows());
                set(step, inputs, conditions, chunk);
                step.run(0, chunk.begin());
                float[] drawn = scaled(step.value(z).toArray(), mean == null ? null : step.value(mean).toArray(),
                        temperature);
                System.arraycopy(drawn, 0, out, chunk.begin() * width, drawn.length);
            }
        }
        return out;
    }

    private float[] standardNormal(int count, long columns) {
        try (Matrix z = backend.matrix(count, columns)) {
            RandomFill.normal(new Noise(seed, Streams.PRIOR), z).run();
            return z.toArray();
        }
    }

    /** mean + temperature (z - mean), in place; a mean of one row is that of all. */
    private static float[] scaled(float[] z, float @Nullable [] mean, double temperature) {
        for (int i = 0; i < z.length && temperature != 1; i++) {
            double m = mean == null ? 0 : mean[i % mean.length];
            z[i] = (float) (m + temperature * (z[i] - m));
        }
        return z;
    }
}
