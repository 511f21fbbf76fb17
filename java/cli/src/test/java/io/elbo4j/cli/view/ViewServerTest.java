package io.elbo4j.cli.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewServerTest {
    @TempDir
    Path dir;

    private Path runs;
    private ViewServer server;

    @BeforeEach
    void start() throws IOException {
        runs = Files.createDirectories(dir.resolve("runs"));
        server = ViewServer.start(runs, 0);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Socket send(String method, String path, String host) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write((method + " " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** The status and all the rest. */
    private String answer(String method, String path, String host) throws IOException {
        try (Socket socket = send(method, path, host)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).substring(9);
        }
    }

    private String get(String path) throws IOException {
        return answer("GET", path, "localhost:" + server.port());
    }

    @Test
    void thePageIsThereWithAllThatItNeeds() throws IOException {
        for (String path : List.of("/", "/view.js", "/view.css", "/uplot.js", "/uplot.css")) {
            String answer = get(path);
            assertTrue(answer.startsWith("200"), path + ": " + answer);
            assertTrue(answer.contains("default-src 'self'"), answer);
        }
        assertTrue(get("/").contains("<title>elbo4j runs</title>"));
        assertTrue(get("/uplot.js").contains("uPlot"));
    }

    @Test
    void othersThanThisMachineAreRefused() throws IOException {
        String port = ":" + server.port();
        for (String host : List.of("localhost" + port, "127.0.0.1" + port)) {
            assertTrue(answer("GET", "/", host).startsWith("200"), host);
        }
        for (String host : List.of("example.org", "example.org" + port, "localhost", "localhost:1", "[::1]" + port,
                "")) {
            assertTrue(answer("GET", "/", host).startsWith("403"), host);
            assertTrue(answer("GET", "/events", host).startsWith("403"), host);
        }
        assertTrue(answer("POST", "/", "localhost" + port).startsWith("405"));
    }

    @Test
    void headIsRefusedWithoutAWarning() throws IOException {
        List<String> said = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord of) {
                said.add(of.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("com.sun.net.httpserver");
        logger.addHandler(handler);
        try {
            String answer = answer("HEAD", "/", "localhost:" + server.port());
            assertTrue(answer.startsWith("405") && answer.endsWith("\r\n\r\n"), answer);
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(List.of(), said);
    }

    @Test
    void nothingElseThanPicturesAndMetricsInTheFolderIsGiven() throws IOException {
        Path secret = Files.writeString(dir.resolve("secret.png"), "secret");
        Files.writeString(dir.resolve("metrics.jsonl"), "{\"secret\":1}\n");
        Path run = Files.createDirectories(runs.resolve("a run"));
        Files.writeString(run.resolve("picture.png"), "picture");
        Files.writeString(run.resolve("notes.txt"), "secret");
        Files.createSymbolicLink(run.resolve("link.png"), secret);
        Files.createSymbolicLink(run.resolve("within.png"), run.resolve("picture.png"));
        Files.writeString(run.resolve("metrics.jsonl"), "{\"epoch\":1}\nno JSON\n{\"epoch\":2}\n{\"cut");
        assertTrue(get("/picture/a%20run/picture.png").endsWith("picture"));
        assertTrue(get("/picture/a%20run/within.png").endsWith("picture"));
        assertTrue(get("/lines/a%20run/metrics.jsonl").endsWith("[{\"epoch\":1},{\"epoch\":2}]"));
        for (String path : List.of("/picture/../secret.png", "/picture/..%2Fsecret.png", "/picture/a%20run/link.png",
                "/picture/a%20run/notes.txt", "/picture/a%20run", "/picture/", "/picture/" + secret, "/picture/%00.png",
                "/lines/../metrics.jsonl", "/lines/..%2fmetrics.jsonl", "/no/such/page")) {
            String answer = get(path);
            assertFalse(answer.contains("secret\""), path);
            assertFalse(answer.endsWith("secret"), path);
            assertTrue(answer.startsWith(path.startsWith("/lines") ? "200" : "404"), path + ": " + answer);
        }
        assertTrue(get("/lines/../metrics.jsonl").endsWith("[]"));
    }

    /** Events until one satisfies a condition. */
    private interface Until {
        boolean test(JsonObject event);
    }

    private static List<JsonObject> events(BufferedReader in, Until last) throws IOException {
        List<JsonObject> events = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("data: ")) {
                JsonObject event = JsonParser.parseString(line.substring(6)).getAsJsonObject();
                events.add(event);
                if (last.test(event)) {
                    return events;
                }
            }
        }
        throw new AssertionError("the stream ended");
    }

    @Test
    void whatIsAppendedIsSentAndWhatIsCutIsSentAnew() throws IOException {
        Path run = Files.createDirectories(runs.resolve("x/y"));
        Path metrics = run.resolve("metrics.jsonl");
        Files.writeString(metrics, "{\"epoch\":1,\"test\":{\"elbo\":-1,\"kl_per_dimension\":[1.0,2.0]}}\n{\"epo");
        Files.writeString(run.resolve("run.json"), "{\"start\":{\"model\":{\"latent\":5}},\"source\":null}");
        try (Socket socket = send("GET", "/events", "localhost:" + server.port());
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                        StandardCharsets.UTF_8))) {
            List<JsonObject> first = events(in, e -> e.has("file"));
            assertEquals("{\"run\":\"x/y\",\"settings\":{\"model.latent\":\"5\"},\"pictures\":[]}", first.get(0)
                    .toString());
            assertEquals("{\"run\":\"x/y\",\"file\":\"metrics\",\"anew\":false,\"lines\":[{\"epoch\":1,\"test\":"
                    + "{\"elbo\":-1}}]}", first.get(1).toString());
            Files.writeString(metrics, "ch\":2}\n{\"epoch\":3}\n", StandardOpenOption.APPEND);
            long begin = System.nanoTime();
            List<JsonObject> next = events(in, e -> e.has("file"));
            System.out.println("sent after " + (System.nanoTime() - begin) / 1_000_000 + " ms");
            assertEquals("[{\"epoch\":2},{\"epoch\":3}]", next.get(0).get("lines").toString());
            Files.writeString(metrics, "{\"epoch\":1}\n");
            JsonObject anew = events(in, e -> e.has("file")).get(0);
            assertTrue(anew.get("anew").getAsBoolean());
            assertEquals("[{\"epoch\":1}]", anew.get("lines").toString());
            // a run that begins meanwhile
            Files.writeString(Files.createDirectories(runs.resolve("z")).resolve("steps.jsonl"), "{\"step\":7}\n");
            JsonObject other = events(in, e -> e.has("file")).get(1);
            assertEquals("z", other.get("run").getAsString());
            assertEquals("[{\"step\":7}]", other.get("lines").toString());
        }
    }

    @Test
    void whatIsNoneOfItsFilesIsLeftOutAndWhatIsRemovedIsGone() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret.jsonl"), "{\"secret\":1}\n");
        Path run = Files.createDirectories(runs.resolve("a"));
        Files.writeString(run.resolve("steps.jsonl"),
                "{\"step\":1}\n{\"step\":2,\"elbo\":NaN}\n{'step':3}\n{\"step\":4}\n");
        Files.createSymbolicLink(run.resolve("metrics.jsonl"), secret);
        Files.createSymbolicLink(run.resolve("run.json"), secret);
        Path pipe = Files.createDirectories(runs.resolve("b"));
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.resolve("run.json").toString()).start().waitFor());
        Files.writeString(pipe.resolve("steps.jsonl"), "{\"step\":5}\n");
        Path locked = Files.createDirectories(runs.resolve("locked/in"));
        assertTrue(locked.getParent().toFile().setReadable(false));
        try (Socket socket = send("GET", "/events", "localhost:" + server.port());
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                        StandardCharsets.UTF_8))) {
            List<JsonObject> first = events(in, e -> e.has("file") && e.get("run").getAsString().equals("b"));
            assertEquals(4, first.size(), first::toString);
            assertFalse(first.toString().contains("secret"), first::toString);
            assertEquals("[{\"step\":1},{\"step\":4}]", first.get(1).get("lines").toString());
            Files.delete(pipe.resolve("run.json"));
            Files.delete(pipe.resolve("steps.jsonl"));
            assertEquals("{\"run\":\"b\",\"gone\":true}", events(in, e -> e.has("gone")).get(0).toString());
        } finally {
            assertTrue(locked.getParent().toFile().setReadable(true));
        }
    }

    @Test
    void ofALargeFileSomeLinesComeFirstAndTheLastOne() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 100_000; i++) {
            text.append("{\"step\":").append(i).append(",\"elbo\":").append(-1000.0 / i).append("}\n");
        }
        Path file = dir.resolve("steps.jsonl");
        Files.writeString(file, text + "{\"step\":100001,\"el");
        Lines lines = new Lines(file);
        List<Integer> steps = new ArrayList<>();
        for (String line : lines.take()) {
            steps.add(JsonParser.parseString(line).getAsJsonObject().get("step").getAsInt());
        }
        assertEquals(1, steps.get(0));
        assertEquals(100_000, steps.get(steps.size() - 1));
        assertEquals(251, steps.size());
        for (int i = 1; i < steps.size() - 1; i++) {
            int apart = steps.get(i) - steps.get(i - 1);
            assertTrue(apart > 300 && apart < 500, i + ": " + apart);
        }
        assertTrue(100_000 - steps.get(steps.size() - 2) < 500, "the end is as dense as the rest");
        Files.writeString(file, "bo\":-1}\n", StandardOpenOption.APPEND);
        assertFalse(lines.beginsAnew());
        assertEquals(List.of("{\"step\":100001,\"elbo\":-1}"), lines.take());
        assertEquals(List.of(), lines.take());
    }

    @Test
    void browsersLeaveThePortOfHttpOut() {
        assertTrue(ViewServer.isLocal("localhost", 80));
        assertTrue(ViewServer.isLocal("127.0.0.1:80", 80));
        assertFalse(ViewServer.isLocal("localhost", 8080));
        assertFalse(ViewServer.isLocal("elsewhere", 80));
        assertFalse(ViewServer.isLocal(null, 80));
    }
}
