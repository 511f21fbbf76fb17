package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.control.imitation.ActionChunks;
import io.elbo4j.control.planning.SearchKind;
import io.elbo4j.cuda.CudaException;
import io.elbo4j.train.Interpolation;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.run.CheckpointEvery;
import io.elbo4j.train.worker.WorkerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The elbo4j command. Exit codes: 0, 1 for what failed, 2 for a wrong command line, 130 after Ctrl-C. */
@Command(name = "elbo4j", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, sortOptions = false,
        description = "Variational inference on fused kernels that give the same bits on every backend.",
        footer = {"", "'elbo4j train' trains a small model on generated sprites; 'elbo4j train --help' says more."})
public final class Main implements Callable<Integer> {
    /** What HotSpot says where no layer of ours knew what the memory was for. */
    private static final Set<String> OF_THE_HEAP = Set.of("Java heap space", "GC overhead limit exceeded",
            "Requested array size exceeds VM limit");

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = version();
            return new String[] {"elbo4j " + (version == null ? "(not packaged)" : version)};
        }
    }

    private Main() {}

    /** Null if this is not packaged. */
    static String version() {
        return Main.class.getPackage().getImplementationVersion();
    }

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        Lib.open();
        System.exit(run(Console.system(), args));
    }

    private static Map<String, Function<Console, Object>> commands() {
        Map<String, Function<Console, Object>> commands = new LinkedHashMap<>();
        commands.put("train", TrainCommand::new);
        commands.put("evaluate", EvaluateCommand::new);
        commands.put("sample", SampleCommand::new);
        commands.put("encode", EncodeCommand::new);
        commands.put("decode", DecodeCommand::new);
        commands.put("reconstruct", ReconstructCommand::new);
        commands.put("interpolate", InterpolateCommand::new);
        commands.put("traverse", TraverseCommand::new);
        commands.put("anomalies", AnomaliesCommand::new);
        commands.put("scatter", ScatterCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("estimators", EstimatorsCommand::new);
        commands.put("disentanglement", DisentanglementCommand::new);
        commands.put("ascent", AscentCommand::new);
        commands.put("posteriors", PosteriorsCommand::new);
        commands.put("weights", WeightsCommand::new);
        commands.put("control", ControlCommand::new);
        commands.put("plan", PlanCommand::new);
        commands.put("imitate", ImitateCommand::new);
        commands.put("view", ViewCommand::new);
        commands.put("models", ModelsCommand::new);
        commands.put("doctor", DoctorCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("man", ManCommand::new);
        return commands;
    }

    /** Their names, for a sentence. */
    static String names() {
        List<String> names = List.copyOf(commands().keySet());
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    /**
     * The commands with their options.
     *
     * @param asked what was given: where it begins with a command's name, of that command alone, as to make one takes
     *     time and memory
     */
    static CommandLine commandLine(Console console, String... asked) {
        CommandLine line = new CommandLine(new Main());
        Map<String, Function<Console, Object>> commands = commands();
        if (asked.length > 0 && commands.containsKey(asked[0])) {
            commands.keySet().retainAll(Set.of(asked[0]));
        }
        commands.values().forEach(command -> line.addSubcommand(command.apply(console)));
        line.getSubcommands().values().forEach(command -> {
            if (command.getCommand() instanceof TrainCommand train) {
                train.model().addTo(command.getCommandSpec(), asked);
            } else if (command.getCommand() instanceof ControlCommand control) {
                control.settings().addTo(command.getCommandSpec(), asked);
            }
        });
        line.registerConverter(int.class, given -> (int) Values.whole(given, Integer.MAX_VALUE))
                .registerConverter(Integer.class, given -> (int) Values.whole(given, Integer.MAX_VALUE))
                .registerConverter(boolean.class, Values::flag)
                .registerConverter(Boolean.class, Values::flag)
                .registerConverter(Long.class, given -> Values.whole(given, Long.MAX_VALUE))
                .registerConverter(double.class, Values::real)
                .registerConverter(Double.class, Values::real)
                .registerConverter(Path.class, Values::path)
                .registerConverter(WholeNumbers.class, WholeNumbers::read)
                .registerConverter(Standardisation.Kind.class, Names.reader(Standardisation.Kind.class))
                .registerConverter(CheckpointEvery.class, Values::checkpointEvery)
                .registerConverter(DataName.class, DataOptions::name)
                .registerConverter(BackendOptions.Name.class, BackendOptions.Name::read)
                .registerConverter(ObjectiveKind.class, Names.reader(ObjectiveKind.class))
                .registerConverter(OptimiserSettings.Kind.class, Names.reader(OptimiserSettings.Kind.class))
                .registerConverter(ScheduleSettings.Kind.class, Names.reader(ScheduleSettings.Kind.class))
                .registerConverter(CheckpointFile.Weights.class, Names.reader(CheckpointFile.Weights.class))
                .registerConverter(ExportCommand.Format.class, Names.reader(ExportCommand.Format.class))
                .registerConverter(ExportCommand.Part.class, Names.reader(ExportCommand.Part.class))
                .registerConverter(SetOption.Part.class, Names.reader(SetOption.Part.class))
                .registerConverter(AscentCommand.Of.class, Names.reader(AscentCommand.Of.class))
                .registerConverter(ImitationTask.class, Names.reader(ImitationTask.class))
                .registerConverter(ImitationKind.class, Names.reader(ImitationKind.class))
                .registerConverter(ChunkOptions.Read.class, Names.reader(ChunkOptions.Read.class))
                .registerConverter(ActionChunks.Style.class, Names.reader(ActionChunks.Style.class))
                .registerConverter(SearchKind.class, Names.reader(SearchKind.class))
                .registerConverter(PosteriorsCommand.Of.class, Names.reader(PosteriorsCommand.Of.class))
                .registerConverter(Interpolation.Path.class, Names.reader(Interpolation.Path.class))
                .registerConverter(WeightsCommand.Data.class, Names.reader(WeightsCommand.Data.class))
                .registerConverter(WeightsCommand.Units.class, Names.reader(WeightsCommand.Units.class));
        line.setUsageHelpWidth(100).setExpandAtFiles(false);
        if (Console.dumb(System.getenv())) {
            // NO_COLOR picocli knows itself
            line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        return line;
    }

    /** Runs a command and returns its exit code. */
    static int run(Console console, String... args) {
        CommandLine line;
        try {
            line = commandLine(console, args);
        } catch (RuntimeException | Error e) {
            // a model of another jar that cannot be loaded
            return failed(console, e);
        }
        line.setOut(new PrintWriter(console.out(), true)).setErr(new PrintWriter(console.err(), true));
        line.setParameterExceptionHandler((e, given) -> {
            console.err().println(Quoted.line("elbo4j: " + CommandLineErrors.sentence(e, given)));
            return Failure.USAGE;
        });
        line.setExecutionExceptionHandler((e, command, result) -> failed(console, e));
        int code;
        try {
            PathEncoding.system().loss(System.getProperty("user.dir"), args).ifPresent(sentence -> {
                throw Failure.usage(sentence);
            });
            code = line.execute(args);
        } catch (RuntimeException | Error e) {
            code = failed(console, e);
        }
        // a PrintStream keeps what went wrong to itself until it is asked
        return code == 0 && console.out().checkError() ? failed(console, Failure.because("what was printed on standard"
                + " output could not be written: the disk is full, or its reader has gone", null)) : code;
    }

    /** Without a subcommand. */
    @Override
    public Integer call() {
        throw Failure.usage("elbo4j needs a command: " + names() + " ('elbo4j --help')");
    }

    /** Says what went wrong, and returns the exit code. */
    static int failed(Console console, Throwable e) {
        console.err().println(sentence(e));
        if (Boolean.getBoolean("elbo4j.trace")) {
            e.printStackTrace(console.err());
        }
        return e instanceof Failure f ? f.exitCode() : Failure.OTHER;
    }

    /** What went wrong, in one sentence for people, on one line. */
    static String sentence(Throwable e) {
        return Quoted.line("elbo4j: " + what(e));
    }

    private static String what(Throwable e) {
        if (e instanceof OutOfMemoryError && OF_THE_HEAP.contains(String.valueOf(e.getMessage()))) {
            return "out of memory (" + e.getMessage() + "; the Java heap may grow to "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MB): start java with a larger -Xmx, for example"
                    + " -Xmx8g";
        }
        // The layers below say what a wrong argument was and what they expected.
        if (e instanceof Failure || e instanceof DataException || e instanceof IllegalArgumentException
                || e instanceof OutOfMemoryError || e instanceof CudaException || e instanceof NonFiniteException
                || e instanceof WorkerException) {
            return e.getMessage();
        }
        return "an internal error, " + e + "; with -Delbo4j.trace=true Java says where";
    }
}
