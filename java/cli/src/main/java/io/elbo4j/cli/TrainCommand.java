package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.management.OperatingSystemMXBean;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.run.Metrics;
import io.elbo4j.train.run.RunFolder;
import io.elbo4j.train.run.RunPlan;
import io.elbo4j.train.run.StoredRun;
import io.elbo4j.train.run.TrainingRun;
import io.elbo4j.train.run.WorkerRun;
import io.elbo4j.train.worker.WorkerException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "train", sortOptions = false, description = {
        "Trains a model; without options a variational autoencoder on generated sprites.",
        "In brackets: what is taken if an option is left out. A model refuses an option that has no effect on it."},
        footer = {"",
                "--resume goes on to the same result after Ctrl-C, and after a kill at any moment."})
final class TrainCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Mixin
    private DataOptions data;
    @Mixin
    private ModelOptions model;
    @Mixin
    private StandardiseOption standardise;
    @Mixin
    private TrainingOptions training;
    @Mixin
    private LengthOptions length;
    @Mixin
    private ValidationOptions validation;
    @Mixin
    private SavingOptions saving;
    @Mixin
    private BackendOptions backend;
    @Mixin
    private WorkerOptions workers;
    @Option(names = "--out", paramLabel = "DIR",
            description = "folder for checkpoint, metrics and pictures (the first free one of runs/KIND-1,"
                    + " runs/KIND-2, ...: runs/sprites-1)")
    private Path out;
    @Option(names = "--resume",
            description = "go on with the run in --out, which alone needs to be given: data, model, training and"
                    + " length are its own")
    private boolean resume;
    @Mixin
    private OutputOptions output;
    @Spec
    private CommandSpec spec;

    private final Console console;

    TrainCommand(Console console) {
        this.console = console;
    }

    ModelOptions model() {
        return model;
    }

    @Override
    public Integer call() {
        workers.check();
        if (resume && out == null && !workers.follows()) {
            throw Failure.usage("--resume needs --out DIR, the folder of the run to go on with");
        }
        length.check();
        validation.check();
        saving.check();
        try {
            return workers.follows() ? follow() : resume ? resume() : start();
        } catch (RuntimeException | Error e) {
            workers.abandon(e);
            throw e;
        } finally {
            workers.close();
        }
    }

    private int start() {
        TrainingSettings settings = training.settings(length.epochs(data.sprites()));
        workers.check(settings);
        model.values(model.kind());
        validation.requireOther(data.data());
        if (out != null) {
            data.requireNoRun(out);
            validation.requireNoRun(out);
        }
        Set<String> arrays = model.kind().arrays();
        try (DataSource read = data.read(console, arrays); Images own = validation.read(console, arrays, data,
                read.table())) {
            DataSource source = validation.in(read, own, settings.seed());
            validation.note(console, read, own, source);
            return start(settings, source);
        }
    }

    private int start(TrainingSettings settings, DataSource read) {
        Record asked = model.settings(data.shape(read));
        DataSource source = DataOptions.taken(asked, read);
        RunPlan plan = validation.in(saving.in(Names.checked(() -> RunPlan.of(source, asked, settings).withStandardise(
                standardise
                        .kind(asked)))))
                .withSource(data.absolute()).withStream(data.stream())
                .withOrigin(Main.version(), spec.root().commandLine().getParseResult().originalArgs());
        long lastStep = length.lastStep(data.sprites(), plan.stepsPerEpoch(), 0);
        try (Backend b = backend.open(console)) {
            requireRoom(asked, settings, b);
            Exchange exchange = workers.connect(console);
            RunFolder folder = out != null ? RunFolder.create(out)
                    : RunFolder.createNext(Path.of("runs"), data.kind());
            try (TrainingRun run = TrainingRun.start(folder, plan.withSteps(lastStep).withDevice(BackendOptions.inWords(
                    b)), source, b, exchange)) {
                return train(run, source, folder, lastStep, b);
            }
        }
    }

    private int resume() {
        try (RunFolder folder = RunFolder.open(out)) {
            StoredRun stored = StoredRun.read(folder);
            RunPlan plan = stored.plan();
            Agreement agreement = new Agreement(stored.file());
            model.check(plan.start().model(), agreement);
            training.check(plan.start().training(), agreement);
            standardise.check(plan.standardise(), plan.start().data().columns(), agreement);
            if (Files.exists(folder.plan())) {
                saving.check(plan, new Agreement(folder.plan()));
                validation.check(plan, new Agreement(folder.plan()));
            }
            data.orElse(plan, folder.plan());
            validation.orElse(plan, folder.plan());
            Record trained = plan.start().model();
            Set<String> arrays = Models.of(trained).arrays();
            try (DataSource all = data.read(console, arrays);
                    Images own = validation.read(console, arrays, data, all.table());
                    Backend b = backend.open(console)) {
                DataSource source = DataOptions.taken(trained, validation.in(all, own, plan.start().training().seed()));
                long lastStep = length.lastStep(data.sprites(), plan.stepsPerEpoch(), plan.steps());
                requireRoom(plan.start().model(), plan.start().training(), b);
                StoredRun now = stored.withPlan(validation.in(saving.in(plan)).withSource(data.absolute())
                        .withStream(data.stream()));
                try (TrainingRun run = TrainingRun.resume(folder, now, source, b, workers.connect(console))) {
                    return train(run, source, folder, lastStep, b);
                }
            }
        }
    }

    /** As a worker of a run that another process has. */
    private int follow() {
        Exchange exchange = workers.connect(console);
        RunPlan plan = WorkerRun.plan(exchange);
        Path of0 = Path.of("run.json of worker 0");
        Agreement agreement = new Agreement(of0);
        model.check(plan.start().model(), agreement);
        training.check(plan.start().training(), agreement);
        standardise.check(plan.standardise(), plan.start().data().columns(), agreement);
        saving.checkWorker(plan, agreement);
        length.check(plan, agreement);
        validation.check(plan, agreement);
        data.orElse(plan, of0);
        validation.orElse(plan, of0);
        Record trained = plan.start().model();
        Set<String> arrays = Models.of(trained).arrays();
        try (DataSource all = data.read(console, arrays);
                Images own = validation.read(console, arrays, data, all.table());
                Backend b = backend.open(console)) {
            DataSource source = DataOptions.taken(trained, validation.in(all, own, plan.start().training().seed()));
            requireRoom(trained, plan.start().training(), b);
            // the process may end as soon as the interrupt is closed: the others are told before
            try (Interrupt interrupt = new Interrupt(console.err())) {
                return follow(plan, source, b, exchange, interrupt);
            }
        }
    }

    private int follow(RunPlan plan, DataSource source, Backend b, Exchange exchange, Interrupt interrupt) {
        try (WorkerRun run = new WorkerRun(plan, source, b, exchange)) {
            PrintStream text = output.text(console);
            text.println("backend  " + BackendOptions.inWords(b));
            text.println("worker   " + exchange.rank() + " of " + exchange.workers());
            long steps = run.train(step -> !interrupt.requested());
            boolean stopped = interrupt.requested();
            JsonObject o = new JsonObject();
            o.addProperty("worker", exchange.rank());
            o.addProperty("workers", exchange.workers());
            o.addProperty("step", steps);
            o.addProperty("interrupted", stopped);
            output.result(console, o, stopped ? "stopped after step " + steps
                    : "worker 0 has ended the training after step " + steps);
            return stopped ? INTERRUPTED : 0;
        } catch (NonFiniteException e) {
            throw workers.abandoned(Failure.because(advised(e, plan, source.train()), e));
        } catch (RuntimeException e) {
            throw workers.abandoned(e);
        } finally {
            workers.close();
        }
    }

    /** Without this a system that promises more memory than it has would end the process without a word. */
    private void requireRoom(Record m, TrainingSettings settings, Backend b) {
        double parameters = Models.create(m).graph().parameters().stream()
                .mapToDouble(p -> (double) p.rows() * p.columns()).sum();
        // each with its gradient and what the optimiser keeps
        double bytes = (2 + settings.optimiser().slots().size()) * Float.BYTES * parameters;
        boolean heap = b.memory() == Backend.Memory.HEAP;
        double room = heap ? Runtime.getRuntime().maxMemory()
                : b.memory() == Backend.Memory.HOST && ManagementFactory
                        .getOperatingSystemMXBean() instanceof OperatingSystemMXBean system ? system
                                .getTotalMemorySize() : Double.MAX_VALUE;
        if (bytes > room) {
            String typed = model.typed();
            throw Failure.because(String.format(Locale.ROOT, "%s a model of %,.0f parameters, which take %,.0f MB to"
                    + " train, more than the %,.0f MB of %s: choose fewer%s", typed.isEmpty() ? "this is"
                            : typed + (typed.contains(" and ") ? " make" : " makes"),
                    parameters,
                    bytes / (1 << 20), room / (1 << 20), heap ? "Java heap" : "this machine",
                    heap ? ", or start java with a larger -Xmx" : ""), null);
        }
    }

    private void describe(DataSource source, TrainingRun run, Backend b, Path directory) {
        Record m = run.plan().start().model();
        Standardisation.Kind kind = run.plan().standardise();
        Images images = source.train();
        PrintStream text = output.text(console);
        boolean table = source.table().hasColumns();
        text.printf(Locale.ROOT, "data     %s: %,d %s to train, %,d to %s, %s%s%n",
                Quoted.line(images.name()), images.rows(), images.arrays().contains(Images.MASK) ? "sequences"
                        : table ? "rows" : "images", source.test().rows(), run.plan().hasValidation() ? "validate"
                                : "test", table ? images.columns() + " values each" : images.height() + " x " + images
                                        .width() + " x " + images.channels(),
                kind == Standardisation.Kind.NONE ? "" : ", standardised (" + Names.of(kind) + ")");
        text.printf(Locale.ROOT, "model    %s (%,d parameters)%n", ModelOptions.inWords(m), run.parameters().count());
        text.println("backend  " + BackendOptions.inWords(b));
        text.printf(Locale.ROOT, "run      %s%s%n", Quoted.line(directory),
                resume ? ", goes on after step " + run.position().step() : "");
        String note = StandardiseOption.note(images, m, kind);
        if (!note.isEmpty()) {
            console.err().println(note);
        }
    }

    private int train(TrainingRun run, DataSource source, RunFolder folder, long lastStep, Backend b) {
        Path directory = folder.directory();
        describe(source, run, b, directory);
        if (run.position().step() >= lastStep) {
            output.text(console).println("the run has done " + run.position().step() + " steps already, which is all"
                    + " that is asked for: a longer run needs a larger --epochs or --steps");
        }
        // The process may end as soon as the interrupt is closed: all is written and said before.
        try (Interrupt interrupt = new Interrupt(console.err())) {
            PosteriorNotes posterior = new PosteriorNotes(run.state().training(), source.test().rows());
            try (EpochProgress progress = new EpochProgress(console, output.text(console), interrupt, lastStep,
                    run.plan().evaluateEvery(), posterior, run.plan().evaluatedSet())) {
                TrainingRun.Outcome outcome = saving.in(run).train(lastStep, progress);
                progress.erase();
                output.result(console, json(run, directory, b, outcome), text(run, directory, lastStep, outcome));
                return outcome.stopped() ? INTERRUPTED : 0;
            } catch (NonFiniteException e) {
                workers.abandon(e);
                Path checkpoint = TrainingRun.checkpoint(directory);
                return Main.failed(console, Failure.because(advised(e, run.plan(), source.train())
                        + (Files.exists(checkpoint) ? ". The last checkpoint is kept: " + checkpoint
                                : ". No checkpoint has been written yet" + steps(directory)), e));
            } catch (WorkerException e) {
                Path checkpoint = TrainingRun.checkpoint(directory);
                return Main.failed(console, Failure.because(e.getMessage() + (Files.exists(checkpoint)
                        ? ". The last checkpoint is kept: go on, with any number of workers, with --resume --out "
                                + quoted(directory.toString()) : ". No checkpoint has been written yet"), e));
            } catch (RuntimeException | Error e) {
                workers.abandon(e);
                return Main.failed(console, e);
            } finally {
                workers.close();
            }
        }
    }

    /** What is left of a run without a checkpoint. */
    private static String steps(Path directory) {
        Path steps = directory.resolve("steps.jsonl");
        return Files.exists(steps) ? "; the lines of its steps are kept: " + steps : "";
    }

    /** What was met, and the one thing that is most likely to help. */
    private static String advised(NonFiniteException e, RunPlan plan, Images images) {
        Record m = plan.start().model();
        String advice = Models.create(m).advice();
        return StandardiseOption.hint(images, m, plan.standardise()).map(hint -> e.facts() + hint)
                .orElseGet(() -> e.getMessage() + (advice.isEmpty() ? "" : ", and " + advice));
    }

    private String text(TrainingRun run, Path directory, long lastStep, TrainingRun.Outcome outcome) {
        String checkpoint = Quoted.line(TrainingRun.checkpoint(directory));
        if (outcome.stopped()) {
            boolean done = run.position().step() >= lastStep;
            return (done ? "stopped before all pictures were drawn; training is done, with" : "stopped after")
                    + " step " + run.position().step() + ", saved in " + checkpoint
                    + (done ? "\ndraw them with: " : "\ngo on with: ") + program() + " train --resume --out "
                    + quoted(directory.toString());
        }
        String ended = run.plan().patience() == 0 ? ""
                : String.format(Locale.ROOT, "%sbest        %s%n", run.position().step() < lastStep
                        ? "ended       after " + run.plan().patience()
                                + " evaluations without a better ELBO of the "
                                + run.plan().evaluatedSet() + " set\n" : "", Quoted.line(TrainingRun.best(directory)));
        return ended + String.format(Locale.ROOT, "checkpoint  %s%npictures    %s%n%s   %.2f nats per row"
                + " (reconstruction %.2f, KL %.2f)", checkpoint, outcome.pictures().stream().map(Quoted::line)
                        .collect(Collectors.joining(", ")), run.plan().evaluatedSet() + " ELBO", outcome.test().elbo()
                                .elbo(),
                outcome.test().elbo().reconstruction(), outcome.test().elbo().kl());
    }

    /** How this program is started from the current folder. */
    private static String program() {
        String image = System.getProperty("jpackage.app-path");
        if (image != null) {
            return quoted(image);
        }
        try {
            Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path here = Path.of("").toAbsolutePath();
            Path shown = jar.startsWith(here) ? here.relativize(jar) : jar;
            return Files.isRegularFile(jar) ? "java -jar " + quoted(shown.toString()) : "elbo4j";
        } catch (URISyntaxException | RuntimeException e) {
            return "elbo4j";
        }
    }

    /** As a shell reads it; what Quoted escapes, bash reads back in $'...'. */
    private static String quoted(String argument) {
        if (argument.matches("[\\w./=:-]+")) {
            return argument;
        }
        return Quoted.line(argument).equals(argument) ? "'" + argument.replace("'", "'\\''") + "'"
                : "$'" + Quoted.line(argument.replace("\\", "\\\\").replace("'", "\\'")) + "'";
    }

    private JsonObject json(TrainingRun run, Path directory, Backend b, TrainingRun.Outcome outcome) {
        Position position = run.position();
        JsonObject o = new JsonObject();
        o.addProperty("checkpoint", TrainingRun.checkpoint(directory).toString());
        if (run.plan().patience() > 0) {
            o.addProperty("best", TrainingRun.best(directory).toString());
        }
        o.addProperty("metrics", directory.resolve("metrics.jsonl").toString());
        JsonArray pictures = new JsonArray();
        outcome.pictures().forEach(p -> pictures.add(p.toString()));
        o.add("pictures", pictures);
        o.addProperty("step", position.step());
        o.addProperty("epochs_completed", run.state().epochsCompleted());
        o.addProperty("interrupted", outcome.stopped());
        o.add(run.plan().evaluatedSet(), Metrics.json(outcome.test()));
        o.addProperty("parameters", run.parameters().count());
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
