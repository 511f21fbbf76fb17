import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Times the fused kernels on request, so that a peer in another process can be timed in between (kernels.py). A line
 * {@code NAME ROWS COLUMNS REPETITIONS} on standard input is answered with the seconds that one repetition took.
 * Run as {@code java -cp elbo4j.jar KernelServer.java BACKEND THREADS}.
 */
final class KernelServer {
    private final Backend backend;
    private final Map<String, List<Launch>> prepared = new HashMap<>();
    private int streams;

    private KernelServer(Backend backend) {
        this.backend = backend;
    }

    public static void main(String[] args) throws IOException {
        KernelServer server = new KernelServer(Backends.open(args[0], Integer.parseInt(args[1])));
        System.out.println(server.backend.description());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            List<Launch> launches = server.prepared.computeIfAbsent(words[0] + " " + words[1] + " " + words[2],
                    k -> server.prepare(words[0], Long.parseLong(words[1]), Long.parseLong(words[2])));
            int repetitions = Integer.parseInt(words[3]);
            long begin = System.nanoTime();
            for (int i = 0; i < repetitions; i++) {
                launches.forEach(Launch::run);
            }
            System.out.println((System.nanoTime() - begin) * 1e-9 / repetitions);
        }
    }

    private Matrix normal(long rows, long columns) {
        Matrix m = backend.matrix(rows, columns);
        RandomFill.normal(new Noise(1, streams++), m).run();
        return m;
    }

    private List<Launch> prepare(String name, long rows, long columns) {
        Matrix a = normal(rows, columns);
        Matrix b = normal(rows, columns);
        Matrix c = normal(rows, columns);
        Matrix out = backend.matrix(rows, columns);
        Matrix out2 = backend.matrix(rows, columns);
        Matrix perRow = backend.matrix(rows, 1);
        Matrix weight = backend.matrix(rows, 1);
        Rows.fill(0.5f, weight).run();
        Noise noise = new Noise(2, 0);
        Launch sample = GaussianSampleKl.forward(a, b, noise, out, perRow);
        return switch (name) {
            case "sampleKl" -> List.of(sample);
            case "sampleKlBackward" -> List.of(sample, GaussianSampleKl.backward(a, b, noise, c, weight, null, out,
                    out2));
            case "bernoulli" -> List.of(BernoulliLogLikelihood.fused(a, b, weight, perRow, out));
            case "gaussian" -> List.of(GaussianLogLikelihood.fused(a, b, c, weight, perRow, out, out2));
            default -> throw new IllegalArgumentException("unknown kernel " + name);
        };
    }
}
