package io.elbo4j.languages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.train.ElboTerms;
import io.elbo4j.train.Scorer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.run.Trained;
import io.elbo4j.train.run.TrainingRun;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What elbo4j is embedded into: files to copy from. */
class ExamplesTest {
    private static final int CLIENTS = 8;

    @TempDir
    static Path dir;
    private static Path run;
    private static final SimpleMeterRegistry REGISTRY = new SimpleMeterRegistry();
    private static TrainingRun.Outcome outcome;

    @BeforeAll
    static void train() {
        run = dir.resolve("runs/sprites-1");
        TrainingMeters meters = new TrainingMeters();
        meters.bindTo(REGISTRY);
        assertEquals(Double.NaN, gauge("elbo4j.elbo", "test"));
        DataSource source = new DataSource(Sprites.images(0, 500), Sprites.images(1, 64));
        try (Backend backend = Backends.open("auto", 1);
                TrainingRun training = TrainingRun.start(run, source, VaeSettings.of(1024, 4, 20), TrainingSettings.of(
                        50, 3), backend)) {
            outcome = training.train(100, meters);
        }
    }

    private static double gauge(String name, String set) {
        return REGISTRY.get(name).tag("set", set).gauge().value();
    }

    @Test
    void metersSayHowFarARunIs() {
        assertEquals(100, REGISTRY.get("elbo4j.steps").functionCounter().count());
        assertEquals(outcome.test().elbo().elbo(), gauge("elbo4j.elbo", "test"));
        assertEquals(outcome.test().elbo().kl(), gauge("elbo4j.kl", "test"));
        assertEquals(outcome.test().activeUnits(), gauge("elbo4j.active.units", "test"));
        assertTrue(gauge("elbo4j.rows.per.second", "train") > 0);
        assertTrue(gauge("elbo4j.elbo", "train") < 0);
    }

    private static HttpResponse<String> post(HttpClient client, int port, String body) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/score")).POST(
                HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Each client sends all rows, in an order of its own. */
    @Test
    void eightClientsGetTheBitsOfOneThread() throws Exception {
        Images rows = Sprites.images(2, 40);
        List<ElboTerms> expected = new ArrayList<>();
        try (Backend backend = Backends.open("auto", 1); Trained trained = Trained.load(run, backend);
                Scorer scorer = trained.scorer()) {
            for (int r = 0; r < rows.rows(); r++) {
                expected.add(scorer.score(rows.copyRows(r, 1)));
            }
        }
        assertEquals(rows.rows(), new HashSet<>(expected).size());
        Gson gson = new Gson();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ScoringService service = new ScoringService(run, CLIENTS, 0)) {
            List<Callable<List<ElboTerms>>> calls = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int first = 5 * c;
                calls.add(() -> {
                    HttpClient client = HttpClient.newHttpClient();
                    ElboTerms[] scores = new ElboTerms[rows.rows()];
                    for (int i = 0; i < scores.length; i++) {
                        int r = (first + i) % scores.length;
                        HttpResponse<String> answer = post(client, service.port(), gson.toJson(rows.copyRows(r, 1)));
                        assertEquals(200, answer.statusCode(), answer.body());
                        scores[r] = gson.fromJson(answer.body(), ElboTerms.class);
                    }
                    return List.of(scores);
                });
            }
            for (Future<List<ElboTerms>> scores : clients.invokeAll(calls)) {
                // records of doubles: equal means the same bits
                assertEquals(expected, scores.get());
            }
            HttpClient client = HttpClient.newHttpClient();
            HttpResponse<String> answer = post(client, service.port(), "[1, 2]");
            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("1024"), answer.body());
            assertEquals(400, post(client, service.port(), "no row").statusCode());
        } finally {
            clients.shutdown();
        }
    }

    private static String printed(ProcessBuilder program) throws IOException, InterruptedException {
        Process process = program.directory(dir.toFile()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out;
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** The README's lines are those of files that are run here, in a folder with a run. */
    @Test
    void twoLinesLoadAndScore() throws Exception {
        String path = System.getProperty("java.class.path");
        double expected;
        try (Backend backend = Backends.open("auto", 1); Trained trained = Trained.load(run, backend);
                Scorer scorer = trained.scorer()) {
            expected = scorer.score(new float[1024]).elbo();
        }
        assertNotEquals(0, expected);
        for (String main : List.of("LoadAndScore", "LoadAndScoreKt")) {
            String out = printed(new ProcessBuilder(tool("java"), "-cp", path, "io.elbo4j.languages." + main));
            assertEquals(expected, Double.parseDouble(out.lines().reduce((a, b) -> b).orElseThrow()), out);
        }
        Path script = Path.of("tests/languages/jshell/load-and-score.jsh").toAbsolutePath();
        Path exit = Files.writeString(dir.resolve("typed"), Files.readString(script) + "/exit\n");
        Process shell = new ProcessBuilder(tool("jshell"), "--class-path", path).directory(dir.toFile()).redirectInput(
                exit.toFile()).redirectErrorStream(true).start();
        String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher shown = Pattern.compile("\\$\\d+ ==> (-[\\d.E-]+)").matcher(out);
        assertTrue(shown.find(), out);
        assertEquals(expected, Double.parseDouble(shown.group(1)), out);

        String readme = Files.readString(Path.of("README.md"));
        for (String file : List.of("java/io/elbo4j/languages/LoadAndScore.java", "kotlin/LoadAndScore.kt",
                "jshell/load-and-score.jsh")) {
            List<String> lines = Files.readAllLines(Path.of("tests/languages", file)).stream().filter(l -> l.contains(
                    "runs/sprites-1") || l.contains("score(")).map(String::strip).toList();
            assertEquals(2, lines.size());
            assertTrue(readme.contains("\n" + String.join("\n", lines) + "\n"), file);
        }
    }
}
