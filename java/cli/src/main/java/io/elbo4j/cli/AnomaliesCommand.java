package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.train.AnomalyScores;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sequences;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.run.RunPlan;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "anomalies", sortOptions = false, description = {
        "Scores rows by what they cost the model, minus their ELBO in nats, and by the share of the rows that it was"
                + " trained on that cost as much: p. They are the test set's, or all of --data.",
        "p is (1 + those rows) / (1 + training rows), a p-value if the row were one more of them (Vovk, Gammerman and"
                + " Shafer 2005, section 2.2); the model has seen the training rows, so that p is somewhat too small:"
                + " of a run with --validation or --validation-data its validation rows stand for them."})
final class AnomaliesCommand implements Callable<Integer> {
    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999, 1};

    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Option(names = "--samples", paramLabel = "K", description = {
            "samples of the latent variable for each row: the score is then minus the importance-weighted estimate of"
                    + " log p(x) (the ELBO)"})
    private Integer samples;
    @Option(names = "--per-step", description = "of sequences: the score divided by how many steps a sequence has, as a"
            + " long one costs more than a short one (not: the sum over its steps)")
    private boolean perStep;
    @Option(names = "--top", defaultValue = "10", paramLabel = "N",
            description = "rows that are shown, those with the highest scores; 0 for none (${DEFAULT-VALUE})")
    private int top;
    @Option(names = "--out", paramLabel = "FILE", description = {
            "also writes all (not written)", "FILE.npy: float32, rows x 2, score and p",
            "FILE.csv, FILE.parquet: columns of these names beside a table's keys"})
    private Path out;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    AnomaliesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (samples != null && samples < 1 || top < 0) {
            throw Failure.usage(top < 0 ? "--top must be at least 0, not " + top : "--samples must be at least 1, not "
                    + samples);
        }
        TableOutput.requireArrayOrTable("--out", out);
        Checkpoint.Loaded loaded = checkpoint.read("--out", out);
        boolean sequences = Models.of(loaded.checkpoint().model()).arrays().contains(Images.MASK);
        if (perStep && !sequences) {
            throw Failure.usage("--per-step goes with a model of sequences, as deep-markov-model; this one has none");
        }
        Effect.requireDraws("--samples", samples, loaded);
        boolean others = data.isGiven();
        RunPlan run = RunPlan.beside(loaded);
        boolean held = run != null && run.hasValidation();
        ValidationOptions validation = new ValidationOptions();
        if (held) {
            validation.orElse(run, loaded.file());
        }
        Record model = loaded.checkpoint().model();
        try (DataSource asked = data.readWithKeysFor(loaded, console, "--out", out);
                DataSource own = others ? new DataOptions().readFor(loaded, console, Set.of()) : asked;
                Images validated = validation.read(console, Models.of(model).arrays(), new DataOptions(),
                        own.table());
                Backend b = backend.open(console);
                Trained trained = checkpoint.open(loaded, b)) {
            DataSource of = DataOptions.taken(model, validation.in(own, validated, loaded.checkpoint().training()
                    .seed()));
            Images reference = held ? of.test() : of.train();
            List<Images> judged = others ? asked.sets() : List.of(asked.test());
            AnomalyScores scores = new AnomalyScores(judged.stream().flatMapToDouble(images -> scores(trained, b,
                    images, "rows")).toArray(), scores(trained, b, reference, "rows that are known").toArray());
            if (out != null) {
                OutputFile.write(console, out, () -> new TableOutput(asked.table(), asked.keys(), judged).writeArrayOr(
                        out,
                        List.of("score", "p"), scores.table()));
            }
            String known = held ? "validation" : "training";
            output.result(console, json(scores, known, b), text(scores, others ? "" : "test ", known, sequences));
        }
        return 0;
    }

    private DoubleStream scores(Trained trained, Backend b, Images images, String name) {
        try (Evaluator evaluator = new Evaluator(trained.model(), trained.parameters(), b, images, checkpoint.seed(
                trained), trained.checkpoint().standardisation())) {
            checkpoint.requireDrawn("scores by " + Models.of(trained.model().settings()).name(), () -> samples != null
                    || evaluator.isRandom());
            double[] found = Bar.during(console, name, bar -> samples != null ? evaluator.logLikelihoods(samples,
                    done -> bar.at(done, images.rows())) : evaluator.rows(trained.checkpoint().position().step(),
                            done -> bar.at(done, images.rows())).stream().mapToDouble(ElboTerms::elbo).toArray());
            int[] steps = Sequences.heights(images);
            return IntStream.range(0, found.length).mapToDouble(r -> -found[r] / (perStep ? steps[r] : 1));
        } catch (NonFiniteException e) {
            throw Failure.because(e.getMessage() + ": the model gives no finite numbers on " + images.name(), e);
        }
    }

    private String text(AnomalyScores scores, String set, String known, boolean sequences) {
        String of = perStep ? " per step" : sequences ? " in all steps of a sequence" : "";
        String quantiles = DoubleStream.of(QUANTILES).mapToObj(q -> String.format(Locale.ROOT, "%.1f %% %.3f", 100 * q,
                scores.quantile(q))).collect(Collectors.joining(", "));
        String head = top == 0 ? "" : String.format(Locale.ROOT, "%8s  %12s  %10s%n", "row", "score", "p");
        return (String.format(Locale.ROOT, "%,d %srows against %,d %s rows; score: %s, nats%s%nquantiles of the %s"
                + " rows: %s%n", scores.rows(), set, scores.referenceRows(), known, samples == null
                        ? "minus ELBO"
                        : "-log p(x)", of, known, quantiles) + head + scores.highest(top).stream()
                                .map(row -> String.format(Locale.ROOT, "%8d  %12.4f  %10.6f%n", row,
                                        scores.score(row), scores.p(row))).collect(Collectors.joining()))
                .stripTrailing();
    }

    private JsonObject json(AnomalyScores scores, String known, Backend b) {
        JsonArray each = new JsonArray();
        for (int row : scores.highest(top)) {
            JsonObject o = new JsonObject();
            o.addProperty("row", row);
            o.addProperty("score", scores.score(row));
            o.addProperty("p", scores.p(row));
            each.add(o);
        }
        JsonObject o = new JsonObject();
        o.add("highest", each);
        JsonObject quantiles = new JsonObject();
        DoubleStream.of(QUANTILES).forEach(q -> quantiles.addProperty(String.valueOf(q), scores.quantile(q)));
        o.add("quantiles", quantiles);
        o.addProperty("rows", scores.rows());
        o.addProperty("per_step", perStep);
        o.addProperty("reference", known);
        o.addProperty("reference_rows", scores.referenceRows());
        o.addProperty("checkpoint", checkpoint.file().toString());
        if (out != null) {
            o.addProperty("file", out.toString());
        }
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
