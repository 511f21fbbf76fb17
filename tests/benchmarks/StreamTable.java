import com.sun.management.OperatingSystemMXBean;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataName;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.ReadProgress;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Parquet of 10 million rows x 32 floats, which is made if it is not there, to an epoch of training in 512 MB of heap:
 * reading into the scratch file, rows of it in a random order, an epoch. Rows for each second of processor time of all
 * threads of this process, DuckDB's among them.
 *
 * <p>{@code java -Xmx512m -cp java/cli/target/elbo4j.jar:java/tables/target/lib/'*' tests/benchmarks/StreamTable.java
 * FILE.parquet [backend]}
 */
public final class StreamTable {
    private static final int ROWS = 10_000_000;
    private static final int COLUMNS = 32;

    private StreamTable() {}

    private static double processorSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() * 1e-9;
    }

    private static void timed(String what, int rows, Runnable work) throws IOException {
        double begin = System.nanoTime() * 1e-9;
        double processor = processorSeconds();
        work.run();
        double used = processorSeconds() - processor;
        System.out.printf(Locale.ROOT, "%-28s %.2f s, of processors %.2f s, %.2f million rows per processor second%n",
                what, System.nanoTime() * 1e-9 - begin, used, rows / used * 1e-6);
        memory();
    }

    /** Of Linux: anonymous memory is heap and native, of a file what the system keeps of the scratch file. */
    private static void memory() throws IOException {
        Path status = Path.of("/proc/self/status");
        System.out.println("    heap at most " + (Runtime.getRuntime().maxMemory() >> 20) + " MB" + (Files.exists(
                status)
                        ? ", resident: " + Files.readAllLines(status).stream().filter(line -> line.matches(
                                "(RssAnon|RssFile|VmHWM):.*")).map(line -> line.replaceAll("\\s+", " ")).collect(
                                        Collectors
                                                .joining(", ")) : ""));
    }

    private static void make(Path file) throws Exception {
        String columns = IntStream.range(0, COLUMNS).mapToObj(c -> "random()::FLOAT AS c" + c).collect(Collectors
                .joining(", "));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT " + columns + " FROM range(" + ROWS + ")) TO '" + file
                    + "' (FORMAT parquet)");
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        if (!Files.exists(file)) {
            make(file);
        }
        DataSource[] read = new DataSource[1];
        timed("reading", ROWS, () -> read[0] = DataSource.stream(DataName.parse("table=" + file), Set.of(Images.X),
                ReadProgress.NONE));
        try (DataSource data = read[0]) {
            Images train = data.train();
            timed("rows in a random order", train.rows(), () -> shuffled(train));
            Vae vae = new Vae(VaeSettings.of(COLUMNS, 2, 16).withLikelihood(LikelihoodKind.GAUSSIAN_SHARED));
            try (Backend backend = Backends.open(arguments.length > 1 ? arguments[1] : "auto", 1);
                    Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                    Trainer trainer = new Trainer(vae, parameters, backend, TrainingSettings.of(8192, 1), train)) {
                timed("an epoch, 32-16-2, " + backend.name(), train.rows(), () -> {
                    trainer.steps(Math.toIntExact(trainer.stepsPerEpoch()));
                    trainer.position();
                });
            }
        }
    }

    private static void shuffled(Images train) {
        Random random = new Random(1);
        float[] row = new float[COLUMNS];
        int[] one = new int[1];
        double sum = 0;
        for (int i = 0; i < train.rows(); i++) {
            one[0] = random.nextInt(train.rows());
            train.copyRows(one, 0, 1, row, 0);
            sum += row[0];
        }
        System.out.printf(Locale.ROOT, "    mean of the first column %.4f%n", sum / train.rows());
    }
}
