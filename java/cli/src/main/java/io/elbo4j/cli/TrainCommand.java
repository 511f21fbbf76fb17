package io.elbo4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.management.OperatingSystemMXBean;
import io.elbo4j.Backend;
import io.elbo4j.Quoted;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.run.Metrics;
import io.elbo4j.train.run.TrainingRun;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "train", sortOptions = false, description = {
    "Trains a variational autoencoder; without options on generated sprites.", "In brackets: what is taken if an option"
    + " is left out."}, footer = {"", "Ctrl-C ends with a checkpoint from which --resume goes on to the same result."})
final class TrainCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Mixin private DataOptions data;
    @Mixin private ModelOptions model;
    @Mixin private TrainingOptions training;
    @Mixin private LengthOptions length;
    @Mixin private BackendOptions backend;
    @Option(names = "--out", paramLabel = "DIR", description =
            "folder for checkpoint, metrics and pictures (the first free one of runs/sprites-1, runs/sprites-2, ...)")
    private Path out;
    @Option(names = "--resume", description =
            "go on with the run in --out, on the same --data; model and training are those of its checkpoint")
    private boolean resume;
    @Mixin private OutputOptions output;

    private final Console console;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (resume && out == null) {
            throw Failure.usage("--resume needs --out DIR, the folder of the run to go on with");
        }
        length.check();
        TrainingSettings settings = training.settings();
        Path directory = out != null ? out : free(data.kind());
        Checkpoint.Loaded loaded = resume ? stored(directory) : null;
        DataSource source = data.read(console);
        VaeSettings asked = model.settings(source.train().columns(), data.sprites());
        try (Backend b = backend.open(console)) {
            requireRoom(loaded == null ? asked : loaded.checkpoint().model(), b);
            return train(directory, source, loaded, asked, settings, b);
        }
    }

    private int train(Path directory, DataSource source, Checkpoint.Loaded loaded, VaeSettings asked,
            TrainingSettings settings, Backend b) {
        try (TrainingRun run = resume ? TrainingRun.resume(directory, source, loaded, b)
                : TrainingRun.start(directory, source, asked, settings, b)) {
            describe(source, loaded == null ? asked : loaded.checkpoint().model(), run, b, directory);
            return train(run, directory, b, source.test().rows());
        }
    }

    /** Without this a system that promises more memory than it has would end the process without a word. */
    private static void requireRoom(VaeSettings m, Backend b) {
        double parameters = new Vae(m).graph().parameters().stream()
                .mapToDouble(p -> (double) p.rows() * p.columns()).sum();
        // each with its gradient and Adam's two moments
        double bytes = 4 * Float.BYTES * parameters;
        boolean heap = b.memory() == Backend.Memory.HEAP;
        double room = heap ? Runtime.getRuntime().maxMemory()
                : b.memory() == Backend.Memory.HOST && ManagementFactory.getOperatingSystemMXBean()
                        instanceof OperatingSystemMXBean system ? system.getTotalMemorySize() : Double.MAX_VALUE;
        if (bytes > room) {
            throw Failure.because(String.format(Locale.ROOT, "--hidden %s and --latent %d make a model of %,.0f"
                    + " parameters, which take %,.0f MB to train, more than the %,.0f MB of %s: choose fewer%s",
                    Values.shown(m.hidden().stream().map(String::valueOf).collect(Collectors.joining(","))), m.latent(),
                    parameters,
                    bytes / (1 << 20), room / (1 << 20), heap ? "Java heap" : "this machine",
                    heap ? ", or start java with a larger -Xmx" : ""), null);
        }
    }

    private Checkpoint.Loaded stored(Path directory) {
        Checkpoint.Loaded loaded = Checkpoint.read(TrainingRun.checkpoint(directory));
        Agreement agreement = new Agreement(loaded.file());
        model.check(loaded.checkpoint().model(), agreement);
        training.check(loaded.checkpoint().training(), agreement);
        return loaded;
    }

    private static Path free(String name) {
        int i = 1;
        while (Files.exists(Path.of("runs", name + "-" + i))) {
            i++;
        }
        return Path.of("runs", name + "-" + i);
    }

    private void describe(DataSource source, VaeSettings m, TrainingRun run, Backend b, Path directory) {
        Images images = source.train();
        String hidden = m.hidden().stream().map(u -> u + "-").collect(Collectors.joining());
        PrintStream text = output.text(console);
        text.printf(Locale.ROOT, "data     %s: %,d images to train, %,d to test, %d x %d x %d%n",
                Quoted.line(images.name()), images.rows(), source.test().rows(), images.height(), images.width(),
                images.channels());
        text.printf(Locale.ROOT, "model    %d-%s%d and back, %s, %s, %,d parameters%n", m.columns(), hidden, m.latent(),
                Names.of(m.activation()), Names.of(m.likelihood()), run.parameters().count());
        text.printf(Locale.ROOT, "backend  %s (%s), threads %d%n", b.name(), b.description(), b.threads());
        text.printf(Locale.ROOT, "run      %s%s%n", Quoted.line(directory),
                resume ? ", goes on after step " + run.position().step() : "");
    }

    private int train(TrainingRun run, Path directory, Backend b, int testRows) {
        long lastStep = length.lastStep(data.sprites(), run.stepsPerEpoch());
        if (run.position().step() >= lastStep) {
            output.text(console).println("the run has done " + run.position().step() + " steps already, which is all"
                    + " that is asked for: a longer run needs a larger --epochs or --steps");
        }
        // The process may end as soon as the interrupt is closed: all is written and said before.
        try (Interrupt interrupt = new Interrupt(console.err())) {
            PosteriorNotes posterior = new PosteriorNotes(run.state().training(), testRows);
            try (EpochProgress progress = new EpochProgress(console, output.text(console), interrupt, lastStep,
                    posterior)) {
                TrainingRun.Outcome outcome = run.train(lastStep, progress);
                progress.erase();
                output.result(console, json(run, directory, b, outcome), text(run, directory, outcome));
                return outcome.stopped() ? INTERRUPTED : 0;
            } catch (NonFiniteException e) {
                Path checkpoint = TrainingRun.checkpoint(directory);
                throw Failure.because(e.getMessage() + hint(run.state().model()) + (Files.exists(checkpoint)
                        ? ". The last checkpoint is kept: " + checkpoint : ". No checkpoint has been written yet"), e);
            } catch (RuntimeException e) {
                if (interrupt.requested()) {
                    console.err().println(Main.sentence(e));
                }
                throw e;
            }
        }
    }

    private static String hint(VaeSettings m) {
        return m.likelihood() == LikelihoodKind.GAUSSIAN_FIXED || m.likelihood() == LikelihoodKind.GAUSSIAN_SHARED
                ? ". A larger --standard-deviation (it is " + m.standardDeviation() + ") may help too" : "";
    }

    private String text(TrainingRun run, Path directory, TrainingRun.Outcome outcome) {
        String checkpoint = Quoted.line(TrainingRun.checkpoint(directory));
        if (outcome.stopped()) {
            return "stopped after step " + run.position().step() + ", saved in " + checkpoint
                    + "\ngo on with: " + program() + " train --resume --out " + quoted(directory.toString())
                    + " --data " + quoted(data.value())
                    + length.given();
        }
        return String.format(Locale.ROOT, "checkpoint  %s%npictures    %s%ntest ELBO   %.2f nats per row"
                + " (reconstruction %.2f, KL %.2f)", checkpoint, outcome.pictures().stream().map(Quoted::line)
                .collect(Collectors.joining(", ")), outcome.test().elbo().elbo(),
                outcome.test().elbo().reconstruction(), outcome.test().elbo().kl());
    }

    /** How this program is started from the current folder. */
    private static String program() {
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
        o.addProperty("metrics", directory.resolve("metrics.jsonl").toString());
        JsonArray pictures = new JsonArray();
        outcome.pictures().forEach(p -> pictures.add(p.toString()));
        o.add("pictures", pictures);
        o.addProperty("step", position.step());
        o.addProperty("epochs_completed", run.state().epochsCompleted());
        o.addProperty("interrupted", outcome.stopped());
        o.add("test", Metrics.json(outcome.test()));
        o.addProperty("parameters", run.parameters().count());
        o.addProperty("backend", b.name());
        o.addProperty("threads", b.threads());
        return o;
    }
}
