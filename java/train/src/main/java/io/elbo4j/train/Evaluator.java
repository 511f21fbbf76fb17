package io.elbo4j.train;

import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.distribution.KlPerDimension;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.ImportanceWeighted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Evaluates a model on a fixed data set, which it keeps in the backend's memory until closed; of streamed data the rows
 * it comes to. Threads may share one: their calls take turns, and closing waits for them. No other thread may train the
 * parameters meanwhile.
 */
public final class Evaluator implements AutoCloseable {
    private static final int ROWS = 500;

    private final Model model;
    private final List<KlPerDimension> units;
    private final List<Term> terms;
    private final Fitted fitted;
    private final Backend backend;
    private final long seed;
    private final String name;
    private final Feed data;
    private final double logVolume;
    private final Steps steps;
    private final Map<Integer, Steps> importance = new HashMap<>();

    /** @throws io.elbo4j.train.data.DataException if the model does not take the data, naming the first such value */
    public Evaluator(Model model, Parameters parameters, Backend backend, Images images, long seed) {
        this(model, parameters, backend, images, seed, Standardisation.NONE);
    }

    /**
     * @param standardisation that of the training data: the images are given as they are, and all results are of the
     *     images as given
     */
    public Evaluator(Model model, Parameters parameters, Backend backend, Images images, long seed,
            Standardisation standardisation) {
        this.model = model;
        this.backend = backend;
        this.seed = seed;
        this.name = images.name();
        this.data = Feed.of(backend, images, model, standardisation, ROWS);
        this.fitted = fitted(parameters);
        this.logVolume = standardisation.logVolume(images.columns());
        this.units = unitsOf(model);
        this.terms = RowTerms.of(model);
        Value[] wanted = units.stream().flatMap(u -> Stream.of(u.posteriorMean(), u)).toArray(Value[]::new);
        this.steps = new Steps(rows -> Step.of(model.graph(), fitted.parameters(), backend).rows(rows)
                .seed(seed).read(data.source()).evaluate(new Elbo()).want(wanted).compile());
        try {
            // memory that is short is noticed now, not after an epoch of training
            fitted.prepare(images.rows(), ROWS);
            steps.prepare(images.rows(), ROWS);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Fitted fitted(Parameters parameters) {
        try {
            return new Fitted(model, parameters, backend, data, seed);
        } catch (RuntimeException | Error e) {
            data.close();
            throw e;
        }
    }

    /** Whether anything is drawn for {@link #evaluate(long)}: else the seed and the draw have no effect on it. */
    public synchronized boolean isRandom() {
        // a fit of parameters to the rows draws too
        return model.local().isPresent() || steps.of(Math.min(data.rows(), ROWS)).isRandom();
    }

    /**
     * One sample of the latent variable a row, drawn with the noise of {@code draw}, in [0, 2^40). For a model that
     * binarises, each row is drawn to zeros and ones once, with the noise of {@code draw} too.
     *
     * @throws NonFiniteException naming the tensor and the row if the result is not finite
     */
    public Evaluation evaluate(long draw) {
        return evaluate(draw, done -> {});
    }

    /**
     * As {@link #evaluate(long)}.
     *
     * @param rowsDone is told now and then how many rows are done
     */
    public synchronized Evaluation evaluate(long draw, LongConsumer rowsDone) {
        double[] sums = new double[2];
        int latent = units.stream().mapToInt(u -> (int) u.columns()).sum();
        double[] klPerDimension = new double[latent];
        List<Moments> means = units.stream().map(u -> new Moments((int) u.columns())).toList();
        eachChunk(draw, rowsDone, (step, chunk) -> {
            sums[0] += step.total(Role.LOG_LIKELIHOOD);
            sums[1] += step.total(Role.KL);
            int at = 0;
            for (int u = 0; u < units.size(); u++) {
                for (float each : step.value(units.get(u)).toArray()) {
                    klPerDimension[at++] += each;
                }
                means.get(u).add(step.value(units.get(u).posteriorMean()).toArray());
            }
        });
        int rows = data.rows();
        List<Double> perRow = Arrays.stream(klPerDimension).map(sum -> sum / rows).boxed().toList();
        int active = means.stream().mapToInt(m -> m.above(Evaluation.ACTIVE_VARIANCE)).sum();
        return new Evaluation(new ElboTerms(sums[0] / rows - logVolume, sums[1] / rows), perRow, active);
    }

    /** The terms of each row, with the noise of {@link #evaluate(long)}. */
    public List<ElboTerms> rows(long draw) {
        return rows(draw, done -> {});
    }

    /**
     * As {@link #rows(long)}.
     *
     * @param rowsDone is told now and then how many rows are done
     */
    public synchronized List<ElboTerms> rows(long draw, LongConsumer rowsDone) {
        List<ElboTerms> rows = new ArrayList<>();
        eachChunk(draw, rowsDone, (step, chunk) -> rows.addAll(RowTerms.of(step, terms, chunk.rows(), logVolume)));
        return rows;
    }

    private void eachChunk(long draw, LongConsumer rowsDone, BiConsumer<Step, Chunk> read) {
        int[] order = Feed.inOrder(data.rows());
        data.begin(order, 0);
        for (Chunk chunk : Chunk.of(data.rows(), ROWS)) {
            Step step = steps.of(chunk.rows());
            data.at(chunk.begin(), chunk.rows());
            fitted.fit(order, chunk);
            step.rows(order, chunk.begin()).run(draw, chunk.begin());
            requireFinite(step, chunk);
            read.accept(step, chunk);
            rowsDone.accept(chunk.begin() + chunk.rows());
        }
    }

    /** Those of z, which pictures are about, come first. */
    private static List<KlPerDimension> unitsOf(Model model) {
        Value z = model.outputs().get(Model.Z);
        return model.graph().all(KlPerDimension.class).stream()
                .sorted(Comparator.comparing((KlPerDimension u) -> u.latent() != z)).toList();
    }

    /**
     * log p(x) of each row, estimated by log (1/K) sum p(x, z) / q(z | x) over {@code samples} draws (Burda et al.
     * 2016, equation 8): a lower bound in expectation, tight as K grows. Samples are drawn in rounds, so memory does
     * not grow with them. For a model that binarises, each row is drawn to zeros and ones once, the same for all
     * samples and at every call. Terms of a sequence are summed over its steps.
     *
     * @return the average over the rows, in nats
     * @throws IllegalArgumentException if the model is an ensemble: each of its members has a p(x) of its own
     */
    public double logLikelihood(int samples, LongConsumer rowsDone) {
        double sum = 0;
        for (double row : logLikelihoods(samples, rowsDone)) {
            sum += row;
        }
        return sum / data.rows();
    }

    /**
     * That of each row, in nats: see {@link #logLikelihood}.
     *
     * @throws IllegalArgumentException if the model is an ensemble: each of its members has a p(x) of its own
     */
    public synchronized double[] logLikelihoods(int samples, LongConsumer rowsDone) {
        ArgumentException.require(samples >= 1, "samples", "at least 1", samples);
        long members = model.graph().size(Axis.MEMBER).orElse(1);
        ImportanceWeighted bound = new ImportanceWeighted();
        if (members > 1 && model.graph().nodes().stream().flatMap(node -> node.terms().stream())
                .anyMatch(term -> bound.takes(term) && term.rows().has(Axis.MEMBER))) {
            throw new IllegalArgumentException("log p(x) is estimated of one model, not of an ensemble of " + members
                    + " members, each of which has its own");
        }
        int rows = data.rows();
        int[] order = Feed.inOrder(rows);
        double[] each = new double[rows];
        data.begin(order, 0);
        // whole pieces of those rows that streamed data has at once
        for (Chunk rowChunk : Chunk.of(rows, ROWS / 5)) {
            data.at(rowChunk.begin(), rowChunk.rows());
            fitted.fit(order, rowChunk);
            LogMeanExpStream[] streams = LogMeanExpStream.many(rowChunk.rows());
            for (Chunk round : Chunk.of(samples, 50)) {
                Step step = importance(rowChunk.rows(), round.rows());
                step.rows(order, rowChunk.begin()).run(round.index(), rowChunk.begin());
                float[] logMeans = step.bound().toArray();
                for (int r = 0; r < logMeans.length; r++) {
                    streams[r].add(logMeans[r], round.rows());
                }
            }
            for (int r = 0; r < streams.length; r++) {
                each[rowChunk.begin() + r] = streams[r].result() - logVolume;
            }
            rowsDone.accept(rowChunk.begin() + rowChunk.rows());
        }
        return each;
    }

    private void requireFinite(Step step, Chunk chunk) {
        if (!Double.isFinite(step.total(Role.LOG_LIKELIHOOD)) || !Double.isFinite(step.total(Role.KL))) {
            String first = step.firstNonFinite().map(f -> "; the first such number is " + f.value() + " in tensor '"
                    + f.tensor() + "', row " + (f.rowOfBatch().isEmpty() ? f.row()
                            : chunk.begin() + f.rowOfBatch().getAsLong() + " of " + name)).orElse("");
            throw new NonFiniteException("the evaluation on " + name + " is not finite" + first);
        }
    }

    private Step importance(int rows, int samples) {
        return importance.computeIfAbsent(samples, k -> new Steps(r -> Step.of(model.graph(), fitted.parameters(),
                backend)
                .rows(r).samples(k).seed(seed).read(data.source()).sameData().evaluate(new ImportanceWeighted())
                .compile()))
                .of(rows);
    }

    @Override
    public synchronized void close() {
        steps.close();
        importance.values().forEach(Steps::close);
        fitted.close();
        data.close();
    }
}
