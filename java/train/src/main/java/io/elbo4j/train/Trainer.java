package io.elbo4j.train;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepSettings;
import io.elbo4j.train.model.Vae;

/**
 * Trains a model step by step. Where it stands is a {@link Position} and the {@link Parameters}, nothing else: a
 * trainer made from both goes on as if it had never stopped, to the bit.
 */
public final class Trainer implements AutoCloseable {
    /**
     * Where a run stands.
     *
     * @param step training steps done
     * @param epoch epochs completed
     * @param row rows of the current epoch done
     * @param reconstruction log-likelihood summed over these rows, in nats
     * @param kl KL summed over these rows, in nats
     */
    public record Position(long step, long epoch, int row, double reconstruction, double kl) {
        public static final Position START = new Position(0, 0, 0, 0, 0);
    }

    private final Parameters parameters;
    private final TrainingSettings settings;
    private final Matrix data;
    private final AdamStep adam;
    private final int[] order;
    private final Steps steps;
    private long orderedEpoch = -1;
    private Position at;
    private double klWeight;

    public Trainer(Vae vae, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position start) {
        this.parameters = parameters;
        this.settings = settings;
        this.adam = new AdamStep(settings.learningRate(), 0.9, 0.999, 1e-8);
        this.data = Resident.load(backend, images, vae);
        this.order = new int[images.rows()];
        this.at = start;
        StepSettings step = StepSettings.train(settings.seed()).withFreeBits(settings.freeBits())
                .withMaximumGradientNorm(settings.clip());
        this.steps = new Steps(rows -> Step.train(vae.graph(), parameters, backend, rows, step, data, adam));
    }

    public Position position() {
        return at;
    }

    public long stepsPerEpoch() {
        return (order.length + (long) settings.batch() - 1) / settings.batch();
    }

    /** The KL's weight in the last step. */
    public double klWeight() {
        return klWeight;
    }

    /** Averages over the rows of the current epoch so far. */
    public Elbo elbo() {
        return new Elbo(at.reconstruction() / at.row(), at.kl() / at.row());
    }

    /** Whether the current epoch's rows are all done: then {@link #nextEpoch} comes before the next step. */
    public boolean atEndOfEpoch() {
        return at.row() == order.length;
    }

    /** Starts the next epoch. */
    public void nextEpoch() {
        at = new Position(at.step(), at.epoch() + 1, 0, 0, 0);
    }

    /**
     * One step on the next rows.
     *
     * @throws NonFiniteException naming the step, the tensor and the row of the first number that is not finite
     */
    public void step() {
        if (orderedEpoch != at.epoch()) {
            Shuffle.permutation(settings.seed(), at.epoch(), order);
            orderedEpoch = at.epoch();
        }
        int rows = Math.min(settings.batch(), order.length - at.row());
        Step step = steps.of(rows);
        klWeight = settings.klWeightAt(at.step(), stepsPerEpoch());
        step.rows(order, at.row()).klWeight(klWeight).run(at.step());
        double reconstruction = step.reconstructionTotal();
        double kl = step.klTotal();
        if (!Double.isFinite(reconstruction) || !Double.isFinite(kl)) {
            throw notFinite(step);
        }
        at = new Position(at.step() + 1, at.epoch(), at.row() + rows, at.reconstruction() + reconstruction,
                at.kl() + kl);
    }

    private NonFiniteException notFinite(Step step) {
        // activations first: after this step's update the parameters are not finite in any case
        Step.NonFinite first = step.firstNonFinite().orElseThrow();
        return new NonFiniteException("step " + (at.step() + 1) + ": the objective is not finite; the first such number"
                + " is " + first.value() + " in tensor '" + first.tensor() + "', row " + first.row()
                + " of the batch (row " + order[at.row() + (int) first.row()]
                + " of the data). A smaller learning rate,"
                + " gradient clipping or a bounded likelihood may help");
    }

    /** @throws NonFiniteException naming the parameter if any parameter is not finite: it must not be saved */
    public void checkParameters() {
        for (Parameters.State s : parameters.all()) {
            checkFinite(s.parameter().name(), s.value());
            checkFinite(s.parameter().name() + " (its second moment)", s.secondMoment());
        }
    }

    private void checkFinite(String name, Matrix values) {
        float[] all = values.toArray();
        for (int i = 0; i < all.length; i++) {
            if (!Float.isFinite(all[i])) {
                throw new NonFiniteException("step " + at.step() + ": " + name + " holds " + all[i] + " in row "
                        + i / values.columns() + ", column " + i % values.columns()
                        + ". A smaller learning rate or gradient clipping may help");
            }
        }
    }

    @Override
    public void close() {
        steps.close();
        data.close();
    }
}
