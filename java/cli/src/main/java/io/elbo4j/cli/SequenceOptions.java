package io.elbo4j.cli;

import io.elbo4j.train.Coder;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model of sequences is sampled, step by step from its transition. */
final class SequenceOptions {
    @Option(names = "--steps", paramLabel = "N", description = "of a model of sequences: how many steps they have (as"
            + " many as it was made for)")
    private Integer steps;
    @Option(names = "--draw", description = "of a model of sequences: x is drawn from p(x | z), instead of its mean")
    private boolean draw;
    @Mixin
    private DataOptions data;

    /** Steps of the sequences of a model that has no code of a whole row; 0 of another one. */
    static int of(Checkpoint.Loaded loaded) {
        Model model = Models.create(loaded.checkpoint().model());
        return model.outputs().containsKey(Model.Z) ? 0 : (int) Inputs.columns(model.graph(), Images.MASK);
    }

    /** For other models. */
    void requireNone() {
        if (steps != null || draw || data.isGiven() || data.stream()) {
            throw Failure.usage((steps != null ? "--steps" : draw ? "--draw" : data.isGiven() ? "--data" : "--stream")
                    + " goes with a model of"
                    + " sequences, as deep-markov-model; this one has none");
        }
    }

    /** How many of {@code all} are asked for. */
    int steps(int all) {
        if (steps != null && (steps < 1 || steps > all)) {
            throw Failure.usage("--steps must be from 1 to " + all + ", as many as the model was made for, not "
                    + steps);
        }
        return steps == null ? all : steps;
    }

    /** The output that is asked for. */
    String output(Outputs outputs) {
        if (draw && !outputs.values().containsKey(Model.DRAWN)) {
            throw Failure.usage("--draw goes with likelihoods that can be drawn, bernoulli and those of a Gaussian");
        }
        return draw ? Model.DRAWN : Model.MEAN;
    }

    /**
     * What the model is given beside its draws: the actions of the test set, a sequence after the other and over again,
     * with their mask.
     *
     * @return null if it takes none
     */
    Images conditions(Coder coder, String output, Checkpoint.Loaded loaded, Console console, Path out, int count) {
        if (coder.conditions(output).isEmpty()) {
            if (data.isGiven() || data.stream()) {
                throw Failure.usage((data.isGiven() ? "--data" : "--stream") + " goes with a model of sequences with"
                        + " actions, which the data has; this one takes none");
            }
            return null;
        }
        try (DataSource source = data.readFor(loaded, console, "--out", out)) {
            Images test = source.test();
            return test.array(Images.X).repeated(count).with(Images.MASK, test.array(Images.MASK).repeated(count));
        }
    }

    /** The first steps of each sequence. */
    static float[] first(float[] x, int count, int columns) {
        int all = x.length / count;
        float[] some = new float[count * columns];
        for (int i = 0; i < count; i++) {
            System.arraycopy(x, i * all, some, i * columns, columns);
        }
        return columns == all ? x : some;
    }
}
