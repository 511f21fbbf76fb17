package io.elbo4j.train;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.event.EpochEvent;
import io.elbo4j.train.event.StepEvent;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.model.Local;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.schedule.Schedule;
import io.elbo4j.train.worker.Broadcast;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model step by step. Where it stands is a {@link Position} and the {@link Parameters}, nothing else: a
 * trainer made from both goes on as if it had never stopped, to the bit.
 *
 * <p>One thread trains; calls of others take turns with its steps ({@link #progress} does not wait). While a step runs,
 * nothing else may use the parameters; an evaluation by another thread in between sees them as they are.
 *
 * <p>Data in memory is copied to the backend's. Of streamed data ({@link Images#isStreamed}) the rows of the next steps
 * are there, which a thread of this trainer reads meanwhile; the bits are the same. Close the trainer before the data.
 */
public final class Trainer implements AutoCloseable {
    /**
     * Where a run stands.
     *
     * @param step training steps done
     * @param epoch epochs completed
     * @param row rows of the current epoch done
     * @param reconstruction log-likelihood summed over these rows, as the model sees them (standardised, if they
     *     are), in nats
     * @param kl KL summed over these rows, in nats
     */
    public record Position(long step, long epoch, int row, double reconstruction, double kl) {
        public static final Position START = new Position(0, 0, 0, 0, 0);

        /** @throws IllegalArgumentException if a number is negative that counts, or a sum is not finite */
        public Position {
            require(step >= 0 && step < 1L << 40, "step", "from 0 to 2^40 - 1", step);
            require(epoch >= 0, "epoch", "at least 0", epoch);
            require(row >= 0, "row", "at least 0", row);
            require(Double.isFinite(reconstruction), "reconstruction", "finite", reconstruction);
            require(Double.isFinite(kl), "kl", "finite", kl);
        }

        /** That of worker 0. */
        private Position of0(Exchange workers) {
            long[] all = Broadcast.longs(workers, step, epoch, row, Double.doubleToLongBits(reconstruction), Double
                    .doubleToLongBits(kl));
            return new Position(all[0], all[1], (int) all[2], Double.longBitsToDouble(all[3]), Double.longBitsToDouble(
                    all[4]));
        }

        private static void require(boolean holds, String argument, String expected, Object given) {
            if (!holds) {
                throw new IllegalArgumentException(argument + " must be " + expected + ", not " + given);
            }
        }
    }

    /**
     * How far a run is.
     *
     * @param step training steps begun
     * @param epoch epochs completed
     * @param row rows of the current epoch begun
     */
    public record Progress(long step, long epoch, int row) {}

    /** A step whose totals have not been read. */
    private record Unread(Step step, int row) {}

    private static final int PIECE = 1 << 16;

    private final Parameters parameters;
    private final TrainingSettings settings;
    private final Feed data;
    private final double logVolume;
    private final RowOrder rowOrder;
    private final int[] order;
    private final Indices deviceOrder;
    private final Steps steps;
    private final @Nullable Refinement refinement;
    private final List<Unread> unread = new ArrayList<>();
    private final int mostUnread;
    private long orderedEpoch = -1;
    private EpochEvent epochEvent = new EpochEvent();
    private volatile Progress progress;
    private Position at;
    private volatile double klWeight;

    /**
     * Begins at the start.
     *
     * @throws DataException if the model does not take the data, naming the first value that it takes not
     */
    public Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images) {
        this(model, parameters, backend, settings, images, Position.START);
    }

    public Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position start) {
        this(model, parameters, backend, settings, images, start, Standardisation.NONE);
    }

    /** @param standardisation of the images, which are given as they are */
    public Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position start, Standardisation standardisation) {
        this(model, parameters, backend, settings, images, start, standardisation, Streamed.CHUNK);
    }

    /** @param chunk see {@link Feed#of} */
    Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position start, Standardisation standardisation, int chunk) {
        this(model, parameters, backend, settings, images, start, standardisation, RowOrder.shuffled(images.rows()),
                chunk, null);
    }

    /**
     * One of several workers, which train the model together: each computes a part of each batch, and all have the same
     * parameters, totals and positions, to the bit those that one worker alone would have. Parameters, what the
     * optimiser keeps of them, and the position are taken from worker 0, which the others wait for here. The data is
     * the whole data on each of them. See {@link StepBuilder#workers} for who shares a batch, and for what is refused.
     *
     * @throws IllegalArgumentException if workers cannot share a step of it
     * @throws io.elbo4j.train.worker.WorkerException here and in steps, if another worker is lost
     */
    public Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position start, Standardisation standardisation, Exchange workers) {
        this(model, parameters, backend, settings, images, start, standardisation, RowOrder.shuffled(images.rows()),
                workers);
    }

    /**
     * One of several workers, each of which has no other rows of the data than those that it reads itself.
     *
     * @param images rows of this worker
     * @param order of each epoch, as long on every worker, by the numbers of the rows of this one
     */
    public Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position start, Standardisation standardisation, RowOrder order, Exchange workers) {
        this(model, parameters, backend, settings, images, start, standardisation, order, Streamed.CHUNK, workers);
    }

    private Trainer(Model model, Parameters parameters, Backend backend, TrainingSettings settings, Images images,
            Position own, Standardisation standardisation, RowOrder rowOrder, int chunk, @Nullable Exchange workers) {
        ArgumentException.require(workers == null || settings.refinement().isNone(), "workers",
                "one with local steps of q in each training step", "several");
        Position start = workers == null ? own : own.of0(workers);
        ArgumentException.require(start.row() <= rowOrder.rows(), "start", "a position in the " + rowOrder.rows()
                + " rows of an epoch", "row " + start.row());
        this.parameters = parameters;
        this.settings = settings;
        this.rowOrder = rowOrder;
        this.order = new int[rowOrder.rows()];
        Objective objective = settings.objective(model, stepsPerEpoch());
        List<Training> trainings = new ArrayList<>();
        trainings.add(training(objective, settings.schedule().of(settings.learningRate(), stepsPerEpoch())));
        model.local().ifPresent(local -> trainings.add(training(objective, Schedule.constant(local.learningRate()))
                .withName("training of each row's parameters").withParameters(ofRows(local, images))));
        // also for what the objective does not reach: a checkpoint has them of every parameter
        parameters.keep(trainings.get(0).optimiser());
        if (workers != null) {
            Broadcast.matrices(workers, parameters.all().stream().flatMap(s -> Stream.concat(Stream.of(s.value()), s
                    .slots().values().stream())).toList());
        }
        this.data = Feed.of(backend, images, model, standardisation, settings.batch(), chunk);
        this.logVolume = standardisation.logVolume(images.columns());
        this.deviceOrder = indices(backend);
        this.progress = new Progress(start.step(), start.epoch(), start.row());
        this.at = start;
        // Reading what a device has computed means waiting for it.
        this.mostUnread = backend.memory() == Backend.Memory.DEVICE ? Step.MOST_RECORDED : 1;
        this.refinement = settings.refinement().isNone() ? null : new Refinement(model, parameters, backend, settings,
                stepsPerEpoch(), data, deviceOrder, training(objective, settings.schedule().of(settings.learningRate(),
                        stepsPerEpoch())));
        if (refinement != null) {
            trainings.set(0, trainings.get(0).withName("training of the encoder").withParameters(refinement.encoder()));
        }
        this.steps = new Steps(rows -> {
            StepBuilder step = Step.of(model.graph(), parameters, backend).rows(rows).samples(settings.samples())
                    .seed(settings.seed()).read(data.source(), deviceOrder);
            trainings.forEach(step::minimise);
            if (workers != null) {
                step.workers(workers);
            }
            return (refinement == null ? step : step.want(refinement.wanted())).compile();
        });
        try {
            // memory that is short is noticed now, not in the last batch of an epoch
            steps.prepare(order.length, settings.batch());
            if (refinement != null) {
                refinement.prepare(order.length, settings.batch());
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Indices indices(Backend backend) {
        try {
            return backend.indices(order.length);
        } catch (RuntimeException | Error e) {
            data.close();
            throw e;
        }
    }

    private Training training(Objective objective, Schedule learningRate) {
        return Training.of(objective, settings.optimiser().optimiser(learningRate))
                .withMaximumGradient(settings.clipValue()).withMaximumGradientNorm(settings.clip());
    }

    private static Set<Parameter> ofRows(Local local, Images images) {
        for (Parameter p : local.parameters()) {
            if (p.rows() != images.rows()) {
                throw new DataException(images.name() + ": has " + images.rows() + " rows, the model's '" + p.name()
                        + "' is of data of " + p.rows());
            }
        }
        return local.parameters();
    }

    /**
     * Where the run stands, with the sums of the epoch: waits for the steps begun.
     *
     * @throws NonFiniteException as {@link #step}
     */
    public synchronized Position position() {
        readTotals();
        return at;
    }

    /** How far the run is, without waiting for a device. */
    public Progress progress() {
        return progress;
    }

    /** Of an epoch: all of the data, unless it was given an order that leaves out some. */
    public int rows() {
        return order.length;
    }

    public long stepsPerEpoch() {
        return (order.length + (long) settings.batch() - 1) / settings.batch();
    }

    /** The KL's weight in the last step. */
    public double klWeight() {
        return klWeight;
    }

    /**
     * Averages over the rows of the current epoch so far, of the data as given: NaN before its first step.
     */
    public synchronized ElboTerms elbo() {
        readTotals();
        return averages(at.reconstruction(), at.kl(), at.row());
    }

    /**
     * Averages over rows, of the data as given.
     *
     * @param reconstruction summed over the rows, as {@link Position} has it
     * @param kl summed over the rows
     */
    public ElboTerms averages(double reconstruction, double kl, long rows) {
        return new ElboTerms(reconstruction / rows - logVolume, kl / rows);
    }

    /**
     * The Euclidean norm of the gradients of the last step of all parameters together, clipped element by element if
     * they are, but not by their norm; 0 before the first step. The parameters that local inference has for each row
     * are left out. Waits for the steps begun.
     */
    public synchronized double gradientNorm() {
        readTotals();
        double[] squares = {0};
        for (Parameters.State s : parameters.all()) {
            if (s.hasGradient()) {
                inPieces(s.gradient(), (piece, from) -> {
                    for (float g : piece) {
                        squares[0] += (double) g * g;
                    }
                });
            }
        }
        return Math.sqrt(squares[0]);
    }

    /** Whether the current epoch's rows are all done: then {@link #nextEpoch} comes before the next step. */
    public boolean atEndOfEpoch() {
        return progress.row() == order.length;
    }

    /** Starts the next epoch. */
    public synchronized void nextEpoch() {
        readTotals();
        at = new Position(at.step(), at.epoch() + 1, 0, 0, 0);
        progress = new Progress(at.step(), at.epoch(), 0);
    }

    /**
     * One step on the next rows. On a device it is only begun: its totals are read, and checked, with those of the
     * steps after it, {@value Step#MOST_RECORDED} at a time and whenever they are asked for.
     *
     * @throws NonFiniteException naming the step, the tensor and the row of the first number that is not finite
     * @throws io.elbo4j.train.data.DataException if streamed data could not be read: no step was begun
     */
    public synchronized void step() {
        if (orderedEpoch != progress.epoch()) {
            epochEvent = new EpochEvent();
            epochEvent.begin();
        }
        StepEvent event = new StepEvent();
        event.begin();
        int rows = begin();
        event.end();
        epochEvent.rows += rows;
        if (event.shouldCommit()) {
            event.step = progress.step();
            event.epoch = progress.epoch();
            event.rows = rows;
            event.commit();
        }
        if (atEndOfEpoch() && epochEvent.shouldCommit()) {
            epochEvent.epoch = progress.epoch() + 1;
            epochEvent.step = progress.step();
            epochEvent.commit();
        }
    }

    /** Returns the rows of the step. */
    private int begin() {
        if (orderedEpoch != progress.epoch()) {
            data.end();
            rowOrder.fill(settings.seed(), progress.epoch(), order);
            deviceOrder.set(order, 0);
            data.begin(order, progress.row());
            orderedEpoch = progress.epoch();
        }
        int rows = Math.min(settings.batch(), order.length - progress.row());
        data.at(progress.row(), rows);
        Step step = steps.of(rows);
        klWeight = settings.klWeightAt(progress.step(), stepsPerEpoch());
        step.rows(progress.row()).run(progress.step());
        unread.add(new Unread(step.record(), progress.row()));
        if (refinement != null) {
            refinement.run(step, rows, progress.row(), progress.step());
        }
        progress = new Progress(progress.step() + 1, progress.epoch(), progress.row() + rows);
        if (unread.size() == mostUnread) {
            readTotals();
        }
        return rows;
    }

    /**
     * So many steps, through the ends of epochs.
     *
     * @param count at least 0
     * @throws NonFiniteException as {@link #step}
     */
    public void steps(long count) {
        ArgumentException.require(count >= 0, "count", "at least 0", count);
        for (long i = 0; i < count; i++) {
            stepOn();
        }
    }

    private synchronized void stepOn() {
        if (atEndOfEpoch()) {
            nextEpoch();
        }
        step();
    }

    private void readTotals() {
        List<Unread> read = List.copyOf(unread);
        unread.clear();
        // An epoch has steps of two sizes at most; the last one, if it is smaller, comes after all others.
        for (int i = 0; i < read.size();) {
            Step step = read.get(i).step();
            for (Step.Totals totals : step.takeTotals()) {
                if (!totals.isFinite()) {
                    throw notFinite(read.get(i), i == read.size() - 1);
                }
                at = new Position(at.step() + 1, at.epoch(), at.row() + (int) step.batch(),
                        at.reconstruction() + totals.get(Role.LOG_LIKELIHOOD), at.kl() + totals.kl());
                i++;
            }
        }
    }

    private NonFiniteException notFinite(Unread culprit, boolean last) {
        // activations first: after this step's update the parameters are not finite in any case
        String later = "when that was read, after step " + progress.step() + ", ";
        String where = culprit.step().firstNonFinite().map(first -> (last ? "the first such number is "
                : later + "the first such number was ") + first.value() + " in tensor '" + first.tensor() + "', row "
                + (first.rowOfBatch().isEmpty() ? first.row() : ofBatch(culprit, first.rowOfBatch().getAsLong(), last)))
                .orElse(later + "no tensor held such a number any more");
        return new NonFiniteException("step " + (at.step() + 1) + ": the objective is not finite; " + where,
                refinement == null ? "A smaller learning rate, gradient clipping or a bounded likelihood may help"
                        : "A smaller refine rate or learning rate, gradient clipping or a bounded likelihood may help");
    }

    private String ofBatch(Unread culprit, long row, boolean last) {
        return row + " of the batch" + (last ? " (row " + order[culprit.row() + (int) row] + " of those to train on)"
                : "");
    }

    /** @throws NonFiniteException naming the parameter if any parameter is not finite: it must not be saved */
    public synchronized void checkParameters() {
        readTotals();
        for (Parameters.State s : parameters.all()) {
            checkFinite(s.parameter().name(), s.value());
            s.slots().forEach((name, slot) -> checkFinite(s.parameter().name() + " (its " + name + ")", slot));
        }
    }

    private void checkFinite(String name, Matrix values) {
        inPieces(values, (piece, from) -> {
            for (int i = 0; i < piece.length; i++) {
                if (!Float.isFinite(piece[i])) {
                    throw new NonFiniteException("step " + at.step() + ": " + name + " holds " + piece[i] + " in row "
                            + (from + i) / values.columns() + ", column " + (from + i) % values.columns(),
                            refinement == null ? "A smaller learning rate or gradient clipping may help"
                                    : "A smaller refine rate or learning rate, or gradient clipping, may help");
                }
            }
        });
    }

    /** f(elements, place of the first): parameters may fill the heap. */
    private static void inPieces(Matrix values, ObjLongConsumer<float[]> f) {
        Matrix all = values.reshape(1, values.rows() * values.columns());
        for (long from = 0; from < all.columns(); from += PIECE) {
            f.accept(all.columns(from, Math.min(from + PIECE, all.columns())).toArray(), from);
        }
    }

    @Override
    public synchronized void close() {
        steps.close();
        if (refinement != null) {
            refinement.close();
        }
        deviceOrder.close();
        data.close();
    }
}
