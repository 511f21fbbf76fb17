package io.elbo4j.cli;

import com.google.gson.JsonObject;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.cli.SetOption.Part;
import io.elbo4j.train.AmortisationGap.LocalSteps;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Range;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.run.Metrics;
import io.elbo4j.train.run.Trained;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "evaluate", sortOptions = false, description = {
        "Evaluates a trained model: ELBO, its terms, and with --samples the importance-weighted log-likelihood.",
        "All are log-densities of the data as given, also of a model that was trained with --standardise."})
final class EvaluateCommand implements Callable<Integer> {
    private static final double LOCAL_RATE = 0.03;

    @Mixin
    private CheckpointOption checkpoint;
    @Mixin
    private DataOptions data;
    @Mixin
    private SetOption set;
    @Option(names = "--samples", paramLabel = "K", description = {
            "samples of the latent variable for each row, for -log p(x), the nll (not computed)",
            "(Burda et al. 2016, equation 8; memory does not grow with K)"})
    private Integer samples;
    @Option(names = "--local-steps", paramLabel = "N", description = {
            "also fits q(z) to each row, from the encoder's answer on, by N updates of Adam with the model held: what"
                    + " the ELBO gains is the amortisation gap (not fitted)",
            "(Kim et al. 2018, Cremer et al. 2018; takes as long as N epochs of these rows)"})
    private Integer localSteps;
    @Option(names = "--local-rate", paramLabel = "X",
            description = "learning rate of --local-steps, which falls to 0 along half a cosine (0.03)")
    private Double localRate;
    @Option(names = "--rows", paramLabel = "FILE", description = {
            "also writes the terms of each row (not written)",
            "FILE.npy: float32, rows x 3, the ELBO, reconstruction and KL, and with --samples a fourth, the nll",
            "FILE.csv, FILE.parquet: columns of these names beside a table's keys"})
    private Path rows;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private OutputOptions output;

    private final Console console;

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (samples != null && samples < 1) {
            throw Failure.usage("--samples must be at least 1, not " + samples);
        }
        TableOutput.requireArrayOrTable("--rows", rows);
        if (localRate != null && localSteps == null) {
            throw Failure.usage("--local-rate goes with --local-steps");
        }
        LocalSteps local = localSteps == null ? null : Names.checked(() -> new LocalSteps(localSteps, localRate == null
                ? LOCAL_RATE : localRate));
        Checkpoint.Loaded loaded = checkpoint.read("--rows", rows);
        Effect.requireDraws("--samples", samples, loaded);
        boolean undivided = data.isUndivided();
        try (DataSource source = data.readWithKeysFor(loaded, console, "--rows", rows)) {
            Part part = set.of(undivided, loaded, source);
            evaluate(loaded, part, source, local);
        }
        return 0;
    }

    private void evaluate(Checkpoint.Loaded loaded, Part part, DataSource source, LocalSteps local) {
        Images images = part.of(source);
        try (Backend b = backend.open(console);
                Trained model = checkpoint.open(loaded, b);
                Evaluator evaluator = new Evaluator(model.model(), model.parameters(), b, images,
                        checkpoint.seed(model), model.checkpoint().standardisation())) {
            // The noise of the run's own evaluation, so that this gives the number in its metrics.
            long draw = model.checkpoint().position().step();
            // what has no encoder is refused before anything is computed
            LocalFit fit = local == null ? null : Names.checked(() -> new LocalFit(local, model, images.rows()));
            checkpoint.requireDrawn("an evaluation by " + Models.of(model.model().settings()).name(),
                    () -> samples != null || fit != null || evaluator.isRandom());
            Evaluation e = evaluate(evaluator, draw, images);
            finite("ELBO", e.elbo().elbo(), images);
            double[] each = samples == null ? null : logLikelihoods(evaluator, images);
            Double nll = each == null ? null : -mean(each);
            if (nll != null) {
                finite("nll", nll, images);
            }
            if (fit != null) {
                fit.run(console, b, images, checkpoint.seed(model), draw);
            }
            if (rows != null) {
                writeRows(evaluator.rows(draw), each, new TableOutput(source.table(), source.keys(), part.sets(
                        source)));
            }
            JsonObject json = json(e, nll, part, images, b);
            String text = text(e, nll, part, images, model.checkpoint());
            if (fit != null) {
                fit.addTo(json);
                text += System.lineSeparator() + fit.text(nll);
            }
            output.result(console, json, text);
        } catch (NonFiniteException e) {
            throw Failure.because(e.getMessage() + ": " + Range.of(images).inWords()
                    + ", and the model gives no finite numbers on them", e);
        }
    }

    private Evaluation evaluate(Evaluator evaluator, long draw, Images images) {
        return Bar.during(console, "ELBO", bar -> evaluator.evaluate(draw, done -> bar.at(done, images.rows())));
    }

    private double[] logLikelihoods(Evaluator evaluator, Images images) {
        return Bar.during(console, "nll",
                bar -> evaluator.logLikelihoods(samples, done -> bar.at(done, images.rows())));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private void writeRows(List<ElboTerms> terms, double[] logLikelihoods, TableOutput table) {
        int columns = logLikelihoods == null ? 3 : 4;
        float[] all = new float[terms.size() * columns];
        for (int r = 0; r < terms.size(); r++) {
            ElboTerms e = terms.get(r);
            all[r * columns] = (float) e.elbo();
            all[r * columns + 1] = (float) e.reconstruction();
            all[r * columns + 2] = (float) e.kl();
            if (logLikelihoods != null) {
                all[r * columns + 3] = (float) -logLikelihoods[r];
            }
        }
        List<String> names = List.of("elbo", "reconstruction", "kl", "nll").subList(0, columns);
        OutputFile.write(console, rows, () -> table.writeArrayOr(rows, names, all));
    }

    private void finite(String name, double value, Images images) {
        if (!Double.isFinite(value)) {
            throw Failure.because("the " + name + " of " + checkpoint.file() + " on " + images.name() + " is " + value
                    + ": the model gives no finite numbers on this data", null);
        }
    }

    private String text(Evaluation e, Double nll, Part part, Images images, Checkpoint trained) {
        int latent = e.klPerDimension().size();
        String each = e.klPerDimension().stream().map(k -> String.format(Locale.ROOT, "%.3f", k))
                .collect(Collectors.joining(" "));
        long steps = trained.position().step();
        TrainingSettings training = trained.training();
        long stepsPerEpoch = (trained.data().rows() + training.batch() - 1L) / training.batch();
        String note = new PosteriorNotes(training, images.rows()).after(steps,
                training.klWeightAt(steps - 1, stepsPerEpoch), e);
        // music names its sets itself
        String set = " (" + Names.of(part) + ")";
        String name = images.name().endsWith(set) ? images.name() : images.name() + set;
        return String.format(Locale.ROOT, "%,d rows of %s, in nats per row%nELBO              %.4f%n"
                + "reconstruction    %.4f%nKL                %.4f%s%s%s",
                images.rows(), Quoted.line(name), e.elbo().elbo(), e.elbo().reconstruction(),
                e.elbo().kl(),
                nll == null ? "" : String.format(Locale.ROOT, "%nnll               %.4f (%d samples)", nll, samples),
                latent == 0 ? "" : String.format(Locale.ROOT, "%nactive units      %d of %d%nKL per dimension  %s",
                        e.activeUnits(), latent, each), note.isEmpty() ? "" : System.lineSeparator() + note);
    }

    private JsonObject json(Evaluation e, Double nll, Part part, Images images, Backend b) {
        JsonObject o = Metrics.json(e);
        if (nll != null) {
            o.addProperty("nll", nll);
            o.addProperty("samples", samples);
        }
        o.addProperty("rows", images.rows());
        o.addProperty("set", Names.of(part));
        o.addProperty("checkpoint", checkpoint.file().toString());
        o.addProperty("weights", checkpoint.weights());
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
